//! Adding jobs.

use domain::{JobId, Timestamp};
use sea_orm::ConnectionTrait;
use serde_json::Value;

use super::spec::Route;
use crate::{
    Cause, Result,
    entity::job::{self, State},
    infrastructure::{db::bulk, ids::new_id},
};

/// A job to be added, to run at once unless it is delayed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewJob {
    kind: &'static str,
    payload: Value,
    items: i32,
    priority: i16,
    max_attempts: i32,
    dedup_key: Option<String>,
    run_at: Option<Timestamp>,
    cause: Cause,
}

impl NewJob {
    /// A job without a key, caused by the request that this task serves.
    pub(super) fn new(
        kind: &'static str,
        payload: Value,
        items: usize,
        priority: i16,
        max_attempts: i32,
    ) -> Self {
        let (items, cause) = (stored_items(items), Cause::current());
        Self { kind, payload, items, priority, max_attempts, dedup_key: None, run_at: None, cause }
    }

    /// Two jobs must not share a key: inserting the second violates a unique index and fails its
    /// transaction.
    pub(crate) fn with_key(self, dedup_key: String) -> Self {
        Self { dedup_key: Some(dedup_key), ..self }
    }

    /// Delays the job.
    pub(crate) fn at(self, run_at: Timestamp) -> Self {
        Self { run_at: Some(run_at), ..self }
    }

    /// Replaces the cause, which is the request that this task serves otherwise.
    pub(crate) fn caused_by(self, cause: Cause) -> Self {
        Self { cause, ..self }
    }

    /// Queues the job on one of the [`OTHER_ROUTES`](super::BackgroundJob::OTHER_ROUTES) of its
    /// kind.
    pub(crate) fn with_route(self, route: Route) -> Self {
        Self { priority: route.priority, ..self }
    }
}

/// The rows of new jobs.
pub(crate) fn rows(now: Timestamp, jobs: impl IntoIterator<Item = NewJob>) -> Vec<job::Model> {
    let row = |job: NewJob| {
        let (request_id, traceparent) = job.cause.into_stored();
        job::Model {
            id: JobId(new_id()),
            kind: job.kind.to_owned(),
            payload: job.payload,
            state: State::Waiting,
            priority: job.priority,
            items: job.items,
            attempts: 0,
            lost_leases: 0,
            max_attempts: job.max_attempts,
            postponements: 0,
            run_at: job.run_at.unwrap_or(now).utc(),
            lease_until: None,
            epoch: 0,
            last_error: None,
            dedup_key: job.dedup_key,
            created_at: now.utc(),
            enqueued_at: None,
            finished_at: None,
            request_id,
            traceparent,
        }
    };
    jobs.into_iter().map(row).collect()
}

/// The items of a job as the column has them.
pub(super) fn stored_items(items: usize) -> i32 {
    items.try_into().unwrap_or(i32::MAX)
}

/// Adds jobs in the transaction of the change that causes them.
pub(crate) async fn add(
    tx: &impl ConnectionTrait,
    now: Timestamp,
    jobs: impl IntoIterator<Item = NewJob>,
) -> Result<()> {
    bulk::insert(tx, rows(now, jobs)).await
}
