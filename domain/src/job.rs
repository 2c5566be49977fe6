//! Views of background jobs, for administrators.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{JobId, Timestamp};

/// The jobs of one kind in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct QueueStats {
    /// The kind of the jobs.
    #[cfg_attr(feature = "openapi", schema(example = "confirm_registration"))]
    pub kind: String,
    /// How many are waiting for a worker or, if delayed, until they are due.
    #[cfg_attr(feature = "openapi", schema(example = 2))]
    pub ready: u64,
    /// How many are claimed by a worker.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub running: u64,
    /// Age of the oldest job that is due, in seconds; `null` when none is due.
    #[cfg_attr(feature = "openapi", schema(required, example = 3))]
    pub oldest_age_seconds: Option<u64>,
    /// How many were finished within the last minute.
    #[cfg_attr(feature = "openapi", schema(example = 40))]
    pub done_last_minute: u64,
    /// How many are in the dead letter queue.
    #[cfg_attr(feature = "openapi", schema(example = 0))]
    pub dead: u64,
}

/// A job that is out of attempts, or failed with a final error.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter {
    /// Which job.
    pub id: JobId,
    /// What it was to do.
    #[cfg_attr(feature = "openapi", schema(example = "confirm_registration"))]
    pub kind: String,
    /// With what.
    pub payload: Value,
    /// How often it failed.
    #[cfg_attr(feature = "openapi", schema(example = 5))]
    pub attempts: u32,
    /// Why it failed the last time.
    #[cfg_attr(feature = "openapi", schema(example = "the disk is full"))]
    pub last_error: String,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it failed for the last time.
    pub failed_at: Timestamp,
}
