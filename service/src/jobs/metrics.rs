//! Metrics of jobs.

use std::{collections::HashMap, time::Duration};

use metrics::{Counter, Histogram, counter, histogram};

use super::Claim;
use crate::{Context, metrics::record};

pub(crate) const WAIT: &str = "mini_compete_job_wait_seconds";
const ATTEMPTS: &str = "mini_compete_job_attempts_total";
const DURATION: &str = "mini_compete_job_duration_seconds";
const DEAD: &str = "mini_compete_jobs_dead_total";

/// How a run of a job has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JobOutcome {
    /// It was acknowledged.
    Completed,
    /// It has used up one of its attempts.
    Failed,
    /// A service that it needs was unavailable.
    Postponed,
    /// Its lease was lost, or there was no time left after the signal to stop.
    Interrupted,
}

/// Counts a run of jobs of one kind, which has ended.
pub fn count_run(ctx: &Context, claims: &[Claim], outcome: JobOutcome, duration: Duration) {
    if let Some(claim) = claims.first() {
        let items = claims.iter().map(|claim| claim.items() as u64).sum();
        ctx.jobs.metrics().run_ended(claim.kind(), items, outcome, duration);
    }
}

/// The metrics of jobs, by kind.
#[derive(Debug)]
pub(crate) struct JobMetrics(HashMap<&'static str, Kind>);

#[derive(Debug)]
struct Kind {
    /// In the order of [`JobOutcome`].
    attempts: [Counter; 4],
    duration: Histogram,
    wait: Histogram,
    dead: Counter,
}

impl JobMetrics {
    /// The metrics of these kinds.
    pub(super) fn new(kinds: impl Iterator<Item = &'static str>) -> Self {
        metrics::describe_counter!(ATTEMPTS, "Runs of jobs, by type and outcome.");
        metrics::describe_counter!(DEAD, "Jobs that moved to the dead letters, by type.");
        metrics::describe_histogram!(DURATION, "Duration of a run, of one job or of a batch.");
        metrics::describe_histogram!(WAIT, "Time from when a job was due until it was claimed.");
        Self(kinds.map(|kind| (kind, Kind::new(kind))).collect())
    }

    fn run_ended(&self, kind: &str, items: u64, outcome: JobOutcome, duration: Duration) {
        if let Some(kind) = self.0.get(kind) {
            kind.attempts[outcome as usize].increment(items);
            record(&kind.duration, duration);
        }
    }

    pub(super) fn claimed(&self, kind: &str, wait: Duration, items: usize) {
        if let Some(kind) = self.0.get(kind) {
            kind.wait.record_many(wait.as_secs_f64(), items);
        }
    }

    pub(super) fn died(&self, kind: &str) {
        if let Some(kind) = self.0.get(kind) {
            kind.dead.increment(1);
        }
    }
}

impl Kind {
    fn new(kind: &'static str) -> Self {
        let attempts = |outcome| counter!(ATTEMPTS, "type" => kind, "outcome" => outcome);
        Self {
            attempts: ["completed", "failed", "postponed", "interrupted"].map(attempts),
            duration: histogram!(DURATION, "type" => kind),
            wait: histogram!(WAIT, "type" => kind),
            dead: counter!(DEAD, "type" => kind),
        }
    }
}
