//! Adding jobs.

use domain::{JobId, Timestamp};
use sea_orm::ConnectionTrait;
use serde_json::Value;

use super::{background_job::BackgroundJob, spec::Route};
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
    priority: i16,
    max_attempts: i32,
    dedup_key: Option<String>,
    run_at: Option<Timestamp>,
    cause: Cause,
}

impl<J: BackgroundJob> From<J> for NewJob {
    fn from(job: J) -> Self {
        Self {
            kind: J::NAME,
            payload: serde_json::to_value(job).expect("a payload of plain fields is JSON"),
            priority: J::PRIORITY,
            max_attempts: J::MAX_ATTEMPTS,
            dedup_key: None,
            run_at: None,
            cause: Cause::current(),
        }
    }
}

impl NewJob {
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

    /// Queues the job on one of the [`OTHER_ROUTES`](BackgroundJob::OTHER_ROUTES) of its kind.
    pub(crate) fn with_route(self, route: Route) -> Self {
        Self { priority: route.priority, ..self }
    }
}

/// The rows of new jobs.
pub(crate) fn rows(now: Timestamp, jobs: impl IntoIterator<Item = NewJob>) -> Vec<job::Model> {
    let row = |job: NewJob| job::Model {
        id: JobId(new_id()),
        kind: job.kind.to_owned(),
        payload: job.payload,
        state: State::Waiting,
        priority: job.priority,
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
        request_id: job.cause.request_id.map(|id| id.as_str().to_owned()),
        traceparent: job.cause.traceparent.map(|parent| parent.to_string()),
    };
    jobs.into_iter().map(row).collect()
}

/// Adds jobs in the transaction of the change that causes them.
pub(crate) async fn add(
    tx: &impl ConnectionTrait,
    now: Timestamp,
    jobs: impl IntoIterator<Item = NewJob>,
) -> Result<()> {
    bulk::insert(tx, rows(now, jobs)).await
}
