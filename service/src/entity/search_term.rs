//! A word of the index of competitions, to find what a misspelt word is meant to be.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "search_terms")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) term: String,
    /// The term from its last letter to its first.
    pub(crate) reversed: String,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
