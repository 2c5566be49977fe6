//! Metrics of admission.

use std::{
    sync::LazyLock,
    time::{Duration, Instant},
};

use metrics::{Counter, Histogram, histogram};

use super::{by_label::ByLabel, described_counter, described_histogram, record};

pub(crate) const BATCH_SIZE: &str = "mini_compete_admission_batch_size";
const LOCK_WAIT: &str = "mini_compete_admission_lock_wait_seconds";

/// The outcomes of a command, as labels.
const OUTCOMES: [&str; 18] = [
    "accepted",
    "waitlisted",
    "wrong_answers",
    "awaiting_approval",
    "replayed",
    "already_registered",
    "not_registered",
    "rejected",
    "access_code",
    "full",
    "closed",
    "not_open",
    "cancelled",
    "not_found",
    "key_conflict",
    "overloaded",
    "unknown",
    "failed",
];

/// The metrics of admission.
pub(crate) static ADMISSION: LazyLock<Admission> = LazyLock::new(Admission::new);

/// The metrics of admission.
pub(crate) struct Admission {
    /// By outcome.
    pub(crate) registrations: ByLabel,
    /// By outcome.
    pub(crate) cancellations: ByLabel,
    batch_size: Histogram,
    batch_duration: Histogram,
    queue_wait: Histogram,
    permit_wait: Histogram,
    redis_lock_wait: Histogram,
    row_lock_wait: Histogram,
    pub(crate) splits: Counter,
    pub(crate) batches_alone: Counter,
}

impl Admission {
    fn new() -> Self {
        metrics::describe_histogram!(
            LOCK_WAIT,
            "Wait of a transaction for the locks of its competitions, in Redis and on the rows."
        );
        Self {
            registrations: ByLabel::new(
                "mini_compete_registrations_total",
                "Requests to register, by outcome.",
                "outcome",
                OUTCOMES,
            ),
            cancellations: ByLabel::new(
                "mini_compete_registration_cancellations_total",
                "Requests to cancel a registration, by outcome.",
                "outcome",
                OUTCOMES,
            ),
            batch_size: described_histogram(BATCH_SIZE, "Requests in a transaction of admission."),
            batch_duration: described_histogram(
                "mini_compete_admission_batch_duration_seconds",
                "Duration of a batch of admission, retries included.",
            ),
            queue_wait: described_histogram(
                "mini_compete_admission_queue_wait_seconds",
                "Wait of a request until its batch begins.",
            ),
            permit_wait: described_histogram(
                "mini_compete_admission_permit_wait_seconds",
                "Wait of a batch for one of the connections of admission.",
            ),
            redis_lock_wait: histogram!(LOCK_WAIT, "lock" => "redis"),
            row_lock_wait: histogram!(LOCK_WAIT, "lock" => "row"),
            splits: described_counter(
                "mini_compete_admission_batch_splits_total",
                "Transactions that the database refused and that were taken apart.",
            ),
            batches_alone: described_counter(
                "mini_compete_admission_batches_alone_total",
                "Batches that were decided on their own, because their competition was locked or \
                 their transaction refused.",
            ),
        }
    }

    /// A batch begins now whose requests have been queued for so long.
    pub(crate) fn batch_begins(&self, waits: impl ExactSizeIterator<Item = Duration>) -> Instant {
        self.batch_size.record(f64::from(u32::try_from(waits.len()).unwrap_or(u32::MAX)));
        waits.for_each(|wait| record(&self.queue_wait, wait));
        Instant::now()
    }

    pub(crate) fn batch_ends(&self, begun: Instant) {
        record(&self.batch_duration, begun.elapsed());
    }

    pub(crate) fn permit(&self, wait: Duration) {
        record(&self.permit_wait, wait);
    }

    pub(crate) fn redis_lock(&self, wait: Duration) {
        record(&self.redis_lock_wait, wait);
    }

    pub(crate) fn row_lock(&self, wait: Duration) {
        record(&self.row_lock_wait, wait);
    }
}
