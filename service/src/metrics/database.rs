//! Metrics of the database.

use std::{sync::LazyLock, time::Duration};

use metrics::{Counter, Histogram};

use super::{by_label::ByLabel, described_counter, described_histogram, record};

/// The metrics of the database.
pub(crate) static DATABASE: LazyLock<Database> = LazyLock::new(Database::new);

/// The metrics of the database.
pub(crate) struct Database {
    /// By reason: `conflict` or `lost_connection`.
    pub(crate) retries: ByLabel,
    pub(crate) timeouts: Counter,
    connection_wait: Histogram,
    writer_wait: Histogram,
}

impl Database {
    fn new() -> Self {
        Self {
            retries: ByLabel::new(
                "mini_compete_transaction_retries_total",
                "Transactions that were tried again, by reason.",
                "reason",
                ["conflict", "lost_connection"],
            ),
            timeouts: described_counter(
                "mini_compete_database_connection_timeouts_total",
                "Requests that got no connection to the database in time.",
            ),
            connection_wait: described_histogram(
                "mini_compete_database_connection_wait_seconds",
                "Wait for a connection of the pool (PostgreSQL).",
            ),
            writer_wait: described_histogram(
                "mini_compete_database_writer_wait_seconds",
                "Wait in the queue of writers (SQLite).",
            ),
        }
    }

    pub(crate) fn connection(&self, wait: Duration) {
        record(&self.connection_wait, wait);
    }

    pub(crate) fn writer(&self, wait: Duration) {
        record(&self.writer_wait, wait);
    }
}
