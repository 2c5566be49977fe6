//! An answer of a registration to a question: one row, or one for each chosen option.

use domain::{GivenAnswer, QuestionId, RegistrationId};
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "answers")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) registration_id: RegistrationId,
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) question_id: QuestionId,
    /// Orders the options.
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) position: i32,
    /// In the normal form of [`domain::Question::check`].
    pub(crate) value: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The rows of the answers of a registration.
pub(crate) fn rows(
    registration: RegistrationId,
    answers: Vec<GivenAnswer>,
) -> impl Iterator<Item = Model> {
    answers.into_iter().flat_map(move |GivenAnswer { question, values }| {
        (0..).zip(values).map(move |(position, value)| Model {
            registration_id: registration,
            question_id: question,
            position,
            value,
        })
    })
}
