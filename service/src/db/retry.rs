//! Running a transaction again.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::Result;

/// After so long it is not tried again: a try that waits for a lock on SQLite takes
/// [`SQLITE_BUSY_TIMEOUT`] by itself.
const RETRY_CONFLICTS_FOR: Duration = Duration::from_secs(8);
/// For so long a transaction is tried again when it loses its connection; once in any case.
const RETRY_LOST_FOR: Duration = Duration::from_secs(3);
/// A transaction that met a conflict is tried this often in all, for about a second. Measured: of 120 requests
/// for one competition that came to four processes on PostgreSQL at once, six tries left 8 unanswered.
const MAX_TRIES: u32 = 60;
/// The longest pause between two tries, in milliseconds.
const MAX_PAUSE_MS: u64 = 32;

/// Runs a transaction again while it meets conflicts with others, a little later each time; and
/// when it has lost its connection before it committed, on another.
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
                tracing::debug!(tries, error = &error as &dyn std::error::Error, "trying again");
                // Up to 4, 8, 16, 32, 32 … ms: the jitter keeps two that collided from colliding again.
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
                    "trying another connection"
                );
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

    /// How often a transaction is tried that meets a conflict after `pause` each time.
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
    async fn conflicts_are_retried_up_to_a_limit_in_time() {
        assert_eq!(tries(Duration::ZERO).await, MAX_TRIES);
        assert_eq!(tries(Duration::from_secs(3)).await, 3);
        assert_eq!(tries(Duration::from_secs(10)).await, 1);
    }
}
