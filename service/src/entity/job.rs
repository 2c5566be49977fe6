//! A background job.

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "jobs")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: Uuid,
    pub(crate) kind: String,
    pub(crate) payload: Json,
    pub(crate) state: String,
    pub(crate) priority: i16,
    pub(crate) attempts: i32,
    pub(crate) lost_leases: i32,
    pub(crate) max_attempts: i32,
    pub(crate) postponements: i32,
    pub(crate) run_at: DateTimeUtc,
    pub(crate) lease_until: Option<DateTimeUtc>,
    pub(crate) epoch: i32,
    pub(crate) last_error: Option<String>,
    pub(crate) dedup_key: Option<String>,
    pub(crate) created_at: DateTimeUtc,
    pub(crate) enqueued_at: Option<DateTimeUtc>,
    pub(crate) finished_at: Option<DateTimeUtc>,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
