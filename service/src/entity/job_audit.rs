//! A record of what an operator did to a job.

use domain::JobId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "job_audits")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) job_id: JobId,
    pub(crate) action: Action,
    /// The id of an administrator, or `console`.
    pub(crate) actor: String,
    pub(crate) at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub(crate) enum Action {
    #[sea_orm(string_value = "revived")]
    #[serde(rename = "revived")]
    Retried,
    #[sea_orm(string_value = "discarded")]
    #[serde(rename = "discarded")]
    Discarded,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
