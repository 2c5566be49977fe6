//! Metrics of the use cases, recorded through the `metrics` facade.
//!
//! Without a recorder, each call does nothing. The handles are made once, by
//! [`monitoring::register`](crate::monitoring::register). Labels have few values, all of them known
//! when the program starts.

mod admission;
mod by_label;
mod database;
mod logins;
mod mails;
mod redis;
mod webhooks;

use std::{sync::LazyLock, time::Duration};

use metrics::{Counter, Histogram, counter, histogram};

pub(crate) use self::{
    admission::{ADMISSION, BATCH_SIZE},
    by_label::ByLabel,
    database::DATABASE,
    logins::LOGINS,
    mails::MAILS,
    redis::REDIS,
    webhooks::WEBHOOKS,
};

/// Makes the handles, except those of Redis, which only some processes have.
pub(crate) fn register() {
    LazyLock::force(&ADMISSION);
    LazyLock::force(&DATABASE);
    LazyLock::force(&LOGINS);
    LazyLock::force(&MAILS);
    LazyLock::force(&WEBHOOKS);
}

/// A counter with its description.
pub(crate) fn described_counter(name: &'static str, help: &'static str) -> Counter {
    metrics::describe_counter!(name, help);
    counter!(name)
}

/// A histogram with its description.
fn described_histogram(name: &'static str, help: &'static str) -> Histogram {
    metrics::describe_histogram!(name, help);
    histogram!(name)
}

/// Records a duration in seconds.
pub(crate) fn record(histogram: &Histogram, duration: Duration) {
    histogram.record(duration.as_secs_f64());
}
