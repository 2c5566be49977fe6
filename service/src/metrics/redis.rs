//! Metrics of Redis. They exist only where Redis is configured.

use std::{sync::LazyLock, time::Duration};

use metrics::{Counter, Histogram};

use super::{described_counter, described_histogram, record};

/// The metrics of Redis.
pub(crate) static REDIS: LazyLock<Redis> = LazyLock::new(Redis::new);

/// The metrics of Redis.
pub(crate) struct Redis {
    duration: Histogram,
    pub(crate) failures: Counter,
}

impl Redis {
    fn new() -> Self {
        Self {
            duration: described_histogram(
                "mini_compete_redis_command_duration_seconds",
                "Duration of a command in Redis.",
            ),
            failures: described_counter(
                "mini_compete_redis_failures_total",
                "Commands that Redis did not answer in time.",
            ),
        }
    }

    pub(crate) fn answered(&self, duration: Duration) {
        record(&self.duration, duration);
    }
}
