//! The answers of registrations, for their participants and the organizer.

use std::collections::HashMap;

use domain::{Answer, AnswerValue, QuestionId, Questions, RegistrationId};
use sea_orm::{ConnectionTrait, EntityTrait, QueryFilter, QueryOrder};

use crate::{Result, entity::answer, infrastructure::db::bulk::any_of};

/// The values that a registration has stored, by question.
pub(crate) type Values = HashMap<QuestionId, Vec<String>>;

/// The values of those registrations that have answers.
///
/// # Errors
/// When the database fails.
pub(crate) async fn values_of(
    db: &impl ConnectionTrait,
    registrations: impl IntoIterator<Item = RegistrationId>,
) -> Result<HashMap<RegistrationId, Values>> {
    let registrations: Vec<_> = registrations.into_iter().collect();
    if registrations.is_empty() {
        return Ok(HashMap::new());
    }
    let rows = answer::Entity::find()
        .filter(any_of(db, answer::Column::RegistrationId, registrations))
        .order_by_asc(answer::Column::Position)
        .all(db)
        .await?;
    let mut values: HashMap<_, Values> = HashMap::new();
    for row in rows {
        let of_registration = values.entry(row.registration_id).or_default();
        of_registration.entry(row.question_id).or_default().push(row.value);
    }
    Ok(values)
}

/// The answers with these values in the order of the questions; those to removed questions are the
/// last.
pub(crate) fn in_order(questions: &Questions, mut values: Values) -> Vec<Answer> {
    let all = questions.asked.iter().chain(&questions.removed);
    let answers = all.filter_map(|question| {
        let value = AnswerValue::of(question.kind, values.remove(&question.id)?);
        Some(Answer {
            question_id: question.id,
            question: question.label.clone(),
            value,
            kind: question.kind,
        })
    });
    answers.collect()
}
