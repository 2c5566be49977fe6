//! A job that was given up: the dead letter queue.

use domain::JobId;
use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "failed_jobs")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: JobId,
    pub(crate) kind: String,
    pub(crate) payload: Json,
    pub(crate) priority: i16,
    pub(crate) attempts: i32,
    pub(crate) max_attempts: i32,
    pub(crate) epoch: i32,
    pub(crate) last_error: String,
    pub(crate) dedup_key: Option<String>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) failed_at: DateTimeUtc,
    pub(crate) request_id: Option<String>,
    pub(crate) traceparent: Option<String>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
