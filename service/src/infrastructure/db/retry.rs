//! Retrying transactions.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::{Result, metrics::DATABASE};

/// How long conflicts are retried. A single try that does not get SQLite's lock takes
/// [`super::SQLITE_BUSY_TIMEOUT`].
const RETRY_CONFLICTS_FOR: Duration = Duration::from_secs(8);
/// How long lost connections are retried; once in any case.
const RETRY_LOST_FOR: Duration = Duration::from_secs(3);
/// Tries of a transaction that conflicts with others, for about a second. Measured: with 120
/// requests for one competition, sent to four processes on PostgreSQL at once, six tries left 8
/// conflicts.
const MAX_TRIES: u32 = 60;
/// Milliseconds between two tries, at most.
const MAX_PAUSE_MS: u64 = 32;

/// Runs a transaction, and runs it again when it conflicts with another, after a growing pause with
/// jitter, or when it loses its connection before the COMMIT.
pub(crate) async fn retry<T, F, Fut>(mut attempt: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let (mut tries, mut losses, since) = (1, 0, Instant::now());
    loop {
        match attempt().await {
            Err(error)
                if error.is_conflict()
                    && tries < MAX_TRIES
                    && since.elapsed() < RETRY_CONFLICTS_FOR =>
            {
                tracing::debug!(
                    tries,
                    error = &error as &dyn std::error::Error,
                    "retrying a transaction after a conflict"
                );
                DATABASE.retries.increment("conflict");
                // Up to 4, 8, 16, 32, 32 … ms. Jitter keeps two transactions from staying in step.
                let longest = (2 << tries.min(5)).min(MAX_PAUSE_MS);
                sleep(Duration::from_millis(fastrand::u64(1..=longest))).await;
                tries += 1;
            }
            Err(error)
                if error.has_lost_connection()
                    && (losses == 0 || since.elapsed() < RETRY_LOST_FOR) =>
            {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "retrying a transaction on another connection"
                );
                DATABASE.retries.increment("lost_connection");
                losses += 1;
                sleep(Duration::from_millis(fastrand::u64(50..200))).await;
            }
            result => return result,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Error;

    /// The number of tries of a transaction that conflicts after `pause` each time.
    async fn tries(pause: Duration) -> u32 {
        let mut tries = 0;
        let outcome: Result<()> = retry(|| {
            tries += 1;
            async move {
                sleep(pause).await;
                Err(Error::Conflict)
            }
        })
        .await;
        assert!(matches!(outcome, Err(Error::Conflict)));
        tries
    }

    #[tokio::test(start_paused = true)]
    async fn conflicts_are_retried_up_to_a_number_of_tries_and_a_time() {
        assert_eq!(tries(Duration::ZERO).await, MAX_TRIES);
        assert_eq!(tries(Duration::from_secs(3)).await, 3);
        assert_eq!(tries(Duration::from_secs(10)).await, 1);
    }
}
