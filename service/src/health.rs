//! Whether what the product depends on answers, and whether this process can serve requests.

use std::{collections::HashSet, time::Duration};

use domain::{PublicError, UserId};
use sea_orm::{ConnectionTrait, Statement, prelude::Uuid};
use tokio::{
    sync::Mutex,
    time::{Instant, timeout},
};

use crate::{Context, Error, Result, accounts, jobs};

/// A database that takes longer does not answer. A read that goes to a dead connection is tried on
/// another after three seconds, and that takes as long.
const LIMIT: Duration = Duration::from_secs(7);
/// An outcome is shared for so long: probes are not rate limited, and each check needs a
/// connection.
const FRESH_FOR: Duration = Duration::from_millis(500);
/// The same for migrations and for the queue, which change slowly.
const FRESH_FOR_LONGER: Duration = Duration::from_secs(10);
/// The queue is behind when a job has been due for longer.
const MAX_LAG: Duration = Duration::from_mins(10);

/// The last outcomes of the checks of a process.
#[derive(Debug, Default)]
pub(crate) struct LastChecks {
    database: LastCheck,
    migrations: LastCheck,
    queue: LastCheck,
}

/// The last outcome of a check. Concurrent probes wait for a running one.
#[derive(Debug, Default)]
struct LastCheck(Mutex<Option<Checked>>);

#[derive(Debug)]
struct Checked {
    at: Instant,
    outcome: Result<(), PublicError>,
}

impl LastCheck {
    /// The last outcome while it is fresh, or else that of `check`. A failure is logged here, once,
    /// with the sentence `failure`.
    async fn share(
        &self,
        fresh_for: Duration,
        failure: &str,
        check: impl Future<Output = Result<()>>,
    ) -> Result<()> {
        let mut last = self.0.lock().await;
        let fresh = last.as_ref().filter(|last| last.at.elapsed() < fresh_for);
        let outcome = match fresh {
            Some(last) => last.outcome.clone(),
            None => {
                let outcome = timeout(LIMIT, check).await.map_err(|_| Error::TimedOut).flatten();
                let outcome = outcome.map_err(|error| {
                    let source = &error as &dyn std::error::Error;
                    tracing::warn!(error = source, "{failure}");
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
    ctx.checks.database.share(FRESH_FOR, "the database does not answer", check).await
}

/// The outcome of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// It has passed.
    Passed,
    /// It has failed.
    Failed,
    /// It needs the database, which has failed its own check.
    Unknown,
}

impl From<Result<()>> for Check {
    fn from(result: Result<()>) -> Self {
        if result.is_ok() { Self::Passed } else { Self::Failed }
    }
}

/// Whether this process can serve requests, check by check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// The database answers and accepts writes.
    pub database: Check,
    /// The schema is at least that of this program.
    pub migrations: Check,
    /// A batch of admission would get a connection; on SQLite, the right to write.
    pub admission: Check,
    /// Redis answers; `None` without Redis. No request depends on it.
    pub redis: Option<Check>,
    /// No job has been due for more than ten minutes. No request depends on it.
    pub queue: Check,
}

impl Readiness {
    /// Whether requests can be served. Redis and the queue do not count: every other process shares
    /// them, so that a balancer would be left without any server.
    pub fn is_ready(&self) -> bool {
        [self.database, self.migrations, self.admission].iter().all(|it| *it == Check::Passed)
    }
}

/// Checks everything that requests need. `migrations` are the names of those that this program
/// knows. Outcomes may be up to ten seconds old.
pub async fn readiness(ctx: &Context, migrations: &[String]) -> Readiness {
    let redis = async {
        let answers = ctx.redis()?.answers().await;
        Some(if answers { Check::Passed } else { Check::Failed })
    };
    let (database, admission, redis) =
        tokio::join!(database(ctx), ctx.admission.check(&ctx.db), redis);
    if database.is_err() {
        let (migrations, queue) = (Check::Unknown, Check::Unknown);
        let (database, admission) = (Check::Failed, admission.into());
        return Readiness { database, migrations, admission, redis, queue };
    }
    let (migrations, queue) = tokio::join!(
        ctx.checks.migrations.share(
            FRESH_FOR_LONGER,
            "the database has not the schema of this program",
            check_migrations(ctx, migrations)
        ),
        ctx.checks.queue.share(FRESH_FOR_LONGER, "jobs are late", check_queue(ctx)),
    );
    Readiness {
        database: Check::Passed,
        migrations: migrations.into(),
        admission: admission.into(),
        redis,
        queue: queue.into(),
    }
}

/// Migrations that this program does not know are those of a newer version, and fine: versions
/// replace each other while requests go on.
async fn check_migrations(ctx: &Context, known: &[String]) -> Result<()> {
    let db = ctx.db.connection();
    let sql = "SELECT version FROM seaql_migrations";
    let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await?;
    let applied = rows.into_iter().map(|row| row.try_get::<String>("", "version"));
    let applied = applied.collect::<Result<HashSet<_>, _>>()?;
    match known.iter().find(|name| !applied.contains(*name)) {
        None => Ok(()),
        Some(missing) => Err(Error::Corrupt(format!("the migration {missing} is missing"))),
    }
}

async fn check_queue(ctx: &Context) -> Result<()> {
    let lag = jobs::lag(ctx).await?;
    if lag <= MAX_LAG { Ok(()) } else { Err(Error::TimedOut) }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use chrono::TimeDelta;
    use tokio::time::sleep;

    use super::*;
    use crate::{cron, housekeeping::CleanUp, testing::World};

    #[tokio::test(start_paused = true)]
    async fn probes_at_the_same_time_share_one_check_and_later_ones_make_another() {
        let (last, checks) = (LastCheck::default(), AtomicU32::new(0));
        let probe = || {
            last.share(FRESH_FOR, "", async {
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
        last.share(FRESH_FOR, "", async { Err(Error::TimedOut) }).await.unwrap_err();
        last.share(FRESH_FOR, "", async { Ok(()) }).await.unwrap_err();
        sleep(FRESH_FOR).await;
        last.share(FRESH_FOR, "", async { Ok(()) }).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_check_outlasts_a_read_that_is_tried_again() {
        let last = LastCheck::default();
        let retried = async {
            sleep(2 * crate::infrastructure::coalesced_read::READ_TIMEOUT).await;
            Ok(())
        };
        last.share(FRESH_FOR, "", retried).await.unwrap();
        sleep(FRESH_FOR).await;
        last.share(FRESH_FOR, "", std::future::pending()).await.unwrap_err();
    }

    #[tokio::test]
    async fn a_process_is_ready_while_the_queue_is_late_and_not_without_a_migration() {
        let world = World::new().await;
        let ctx = &world.ctx;
        let none_missing = ["m20261126_000001_users".to_owned()];
        let ready = readiness(ctx, &none_missing).await;
        assert!(ready.is_ready() && ready.queue == Check::Passed, "{ready:?}");

        let late = world.second_process().await;
        cron::fire(ctx, "clean_up", ctx.now(), CleanUp {}).await.unwrap();
        world.clock.advance(TimeDelta::minutes(11));
        let ready = readiness(&late, &none_missing).await;
        assert!(ready.is_ready() && ready.queue == Check::Failed, "{ready:?}");

        let old = world.second_process().await;
        let newer = ["m20990101_000001_newer".to_owned()];
        let ready = readiness(&old, &newer).await;
        assert!(!ready.is_ready() && ready.migrations == Check::Failed, "{ready:?}");
    }

    #[tokio::test]
    async fn a_process_whose_admission_is_stuck_is_not_ready() {
        let world = World::new().await;
        let ctx = &world.ctx;
        let stuck = ctx.admission.occupy(&ctx.db).await;
        let ready = readiness(ctx, &[]).await;
        assert!(!ready.is_ready() && ready.admission == Check::Failed, "{ready:?}");
        drop(stuck);
        assert!(readiness(ctx, &[]).await.is_ready());
    }
}
