//! Saying how a migration gets on.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// How often a migration that takes long says that it goes on.
const REPORT: Duration = Duration::from_secs(10);

/// Carries out a migration, and says so when it takes long.
pub(crate) async fn reported<T, E>(
    name: &str,
    migration: impl Future<Output = Result<T, E>>,
) -> Result<T, E> {
    let began = Instant::now();
    tokio::pin!(migration);
    let result = loop {
        tokio::select! {
            result = &mut migration => break result,
            () = sleep(REPORT) => {
                let seconds = began.elapsed().as_secs();
                tracing::info!(migration = name, seconds, "still migrating the database");
            }
        }
    };
    if result.is_ok() && began.elapsed() >= Duration::from_secs(1) {
        let seconds = began.elapsed().as_secs();
        tracing::info!(migration = name, seconds, "the database is migrated");
    }
    result
}
