//! A background job.

use domain::JobId;
use sea_orm::{
    entity::prelude::*,
    sea_query::{Expr, ExprTrait},
};

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "jobs")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: JobId,
    pub(crate) kind: String,
    pub(crate) payload: Json,
    pub(crate) state: State,
    pub(crate) priority: i16,
    /// What the job consists of, which stats count: the registrations that it confirms.
    pub(crate) items: i32,
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
    /// Of the request that has caused it.
    pub(crate) request_id: Option<String>,
    pub(crate) traceparent: Option<String>,
}

/// The state of a job. A job that is out of attempts has left the table for the dead letters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text")]
pub(crate) enum State {
    /// Waiting for a worker or, if delayed, until it is due.
    #[sea_orm(string_value = "ready")]
    #[serde(rename = "ready")]
    Waiting,
    /// Claimed by a worker.
    #[sea_orm(string_value = "running")]
    #[serde(rename = "running")]
    Active,
    /// Acknowledged by its handler.
    #[sea_orm(string_value = "done")]
    #[serde(rename = "done")]
    Completed,
}

impl State {
    /// `state = 'ready'`. The word is part of the statement and not a parameter: each index of
    /// `jobs` holds the jobs of one state, and the planner only uses it where it sees which state
    /// is wanted.
    pub(crate) fn is_state(self) -> Expr {
        Expr::col(Column::State).eq(Expr::Constant(self.into()))
    }
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
