//! Whether what the product depends on answers.

use std::time::Duration;

use domain::{PublicError, UserId};
use sea_orm::prelude::Uuid;
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::{Context, Error, Result, accounts};

/// A database that takes longer does not answer. A read that goes to a dead connection is tried on
/// another after three seconds, and that takes as long.
const LIMIT: Duration = Duration::from_secs(7);
/// An outcome is shared for so long: probes are not rate limited, and each check needs a
/// connection.
const FRESH_FOR: Duration = Duration::from_millis(500);

/// The last outcome of the check of the database. Concurrent probes wait for a running one.
#[derive(Debug, Default)]
pub(crate) struct LastCheck(Mutex<Option<Checked>>);

#[derive(Debug)]
struct Checked {
    at: Instant,
    outcome: Result<(), PublicError>,
}

impl LastCheck {
    /// The last answer while it is fresh, or else that of `check`. A failure is logged here, once.
    async fn share(&self, check: impl Future<Output = Result<()>>) -> Result<()> {
        let mut last = self.0.lock().await;
        let fresh = last.as_ref().filter(|last| last.at.elapsed() < FRESH_FOR);
        let outcome = match fresh {
            Some(last) => last.outcome.clone(),
            None => {
                let outcome = timeout(LIMIT, check).await.map_err(|_| Error::TimedOut).flatten();
                let outcome = outcome.map_err(|error| {
                    let source = &error as &dyn std::error::Error;
                    tracing::warn!(error = source, "the database does not answer");
                    PublicError::from(error)
                });
                last.insert(Checked { at: Instant::now(), outcome }).outcome.clone()
            }
        };
        Ok(outcome?)
    }
}

/// Queries the database as requests do: an account, through the combiner of accounts, and whether
/// the server accepts writes. The outcome may be half a second old.
///
/// # Errors
/// When it does not answer in time, or its server accepts no writes.
pub async fn database(ctx: &Context) -> Result<()> {
    let check = async {
        accounts::find(ctx, UserId(Uuid::nil())).await?;
        ctx.db.check_writable().await
    };
    ctx.database_health.share(check).await
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use tokio::time::sleep;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn probes_at_the_same_time_share_one_check_and_later_ones_make_another() {
        let (last, checks) = (LastCheck::default(), AtomicU32::new(0));
        let probe = || {
            last.share(async {
                checks.fetch_add(1, Ordering::Relaxed);
                sleep(Duration::from_secs(1)).await;
                Ok(())
            })
        };
        let probes = futures::future::join_all((0..20).map(|_| probe())).await;
        assert!(probes.iter().all(Result::is_ok));
        assert_eq!(checks.load(Ordering::Relaxed), 1);
        sleep(FRESH_FOR).await;
        probe().await.unwrap();
        assert_eq!(checks.load(Ordering::Relaxed), 2);
    }

    #[tokio::test(start_paused = true)]
    async fn a_failure_is_shared_and_forgotten_as_soon() {
        let last = LastCheck::default();
        last.share(async { Err(Error::TimedOut) }).await.unwrap_err();
        last.share(async { Ok(()) }).await.unwrap_err();
        sleep(FRESH_FOR).await;
        last.share(async { Ok(()) }).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_outlasts_a_read_that_is_tried_again() {
        let last = LastCheck::default();
        let retried = async {
            sleep(2 * crate::infrastructure::coalesced_read::READ_TIMEOUT).await;
            Ok(())
        };
        last.share(retried).await.unwrap();
        sleep(FRESH_FOR).await;
        last.share(std::future::pending()).await.unwrap_err();
    }
}
