//! The tasks of a worker: a dispatcher for each class of jobs, the relay, heartbeats, the sweeper
//! and the cron schedule.

use std::time::Duration;

use futures::{FutureExt, future::join_all};
use service::{
    Context, accounts, competitions,
    jobs::{self, Claim, Class},
};
use tokio::{
    task::{JoinError, JoinSet},
    time,
};
use tokio_util::sync::CancellationToken;

use crate::{
    WorkerSettings, cron, dispatcher, execution,
    groups::{BATCH, groups},
    leases::Leases,
    log::log_failure,
    steadiness::Steadiness,
    sweeper,
};

/// The poll interval of the relay. Jobs of its own process wake it at once.
const RELAY: Duration = Duration::from_millis(500);

/// Runs a worker until `stop`. Then it finishes claimed jobs for at most 25 seconds, and releases
/// the rest.
///
/// # Errors
/// When one of its tasks has panicked. It then cancels `stop`, so that the process ends and is
/// restarted: a worker without one of its tasks would look healthy.
pub async fn run(
    ctx: Context,
    settings: WorkerSettings,
    stop: CancellationToken,
) -> Result<(), JoinError> {
    tracing::info!(
        worker.concurrency = settings.confirmation_batches,
        mail.concurrency = settings.account_mails,
        mail.bulk_concurrency = settings.bulk_mails,
        webhook.concurrency = settings.webhooks,
        cron.reminder = %settings.reminder_schedule,
        cron.notices = %settings.notices_schedule,
        cron.cleanup = %settings.cleanup_schedule,
        "worker started"
    );
    let (leases, steadiness) = (Leases::default(), Steadiness::begin());
    let mut tasks = JoinSet::new();
    for class in Class::ALL {
        let concurrency = settings.concurrency(class);
        tasks.spawn(dispatcher::run(ctx.clone(), class, concurrency, leases.clone(), stop.clone()));
    }
    let heartbeat = leases.keep(ctx.clone(), steadiness.clone());
    tasks.spawn(relay(ctx.clone(), stop.clone()));
    tasks.spawn(index_missing(ctx.clone(), stop.clone()));
    tasks.spawn(sweeper::run(ctx.clone(), steadiness, stop.clone()));
    tasks.spawn(cron::run(ctx, settings, stop.clone()));
    let ended = all_ended(tasks, heartbeat, &stop).await;
    tracing::info!("worker stopped");
    ended
}

/// Waits until all of `tasks` have ended, and keeps the heartbeat going until then. When one
/// panics, it cancels `stop` for the others.
async fn all_ended(
    mut tasks: JoinSet<()>,
    heartbeat: impl Future<Output = ()> + Send + 'static,
    stop: &CancellationToken,
) -> Result<(), JoinError> {
    let mut result = Ok(());
    let is_last = CancellationToken::new();
    tasks.spawn(is_last.clone().run_until_cancelled_owned(heartbeat).map(drop));
    while let Some(ended) = tasks.join_next().await {
        if let Err(error) = ended {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "a task of the worker panicked"
            );
            stop.cancel();
            result = Err(error);
        }
        if tasks.len() == 1 {
            is_last.cancel();
        }
    }
    result
}

/// Runs all jobs that are due, and returns how many items they had.
///
/// # Errors
/// When the database fails.
pub async fn drain(ctx: &Context) -> service::Result<usize> {
    let (mut done, leases, stop) = (0, Leases::default(), CancellationToken::new());
    loop {
        let claims = jobs::claim(ctx, BATCH as u64).await?;
        if claims.is_empty() {
            return Ok(done);
        }
        done += claims.iter().map(Claim::items).sum::<usize>();
        let held: Vec<_> = groups(claims).into_iter().map(|group| leases.hold(group)).collect();
        join_all(held.iter().map(|held| execution::run(ctx, held, &stop))).await;
    }
}

/// Indexes what an earlier release has written. The clean-up job does so as well, but after a
/// migration nothing would be found until then.
async fn index_missing(ctx: Context, stop: CancellationToken) {
    if let Some(indexed) = stop.run_until_cancelled(competitions::index_missing(&ctx)).await {
        log_failure("competitions could not be indexed", indexed.map(drop));
    }
    if let Some(indexed) = stop.run_until_cancelled(accounts::index_missing(&ctx)).await {
        log_failure("accounts could not be indexed", indexed.map(drop));
    }
}

/// Pushes jobs from the outbox into Redis, if there is one.
async fn relay(ctx: Context, stop: CancellationToken) {
    if ctx.redis().is_none() {
        return;
    }
    let mut new_jobs = ctx.subscribe_to_jobs();
    while !stop.is_cancelled() {
        log_failure("jobs could not be relayed", jobs::relay(&ctx).await.map(drop));
        tokio::select! {
            () = stop.cancelled() => {}
            () = new_jobs.wait() => {}
            () = time::sleep(RELAY) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A task that ends after the signal to stop.
    async fn until_stopped(stop: CancellationToken) {
        stop.cancelled().await;
    }

    #[tokio::test]
    async fn a_worker_ends_with_its_tasks_and_keeps_its_heartbeat_until_then() {
        let (mut tasks, stop) = (JoinSet::new(), CancellationToken::new());
        tasks.spawn(until_stopped(stop.clone()));
        tasks.spawn(until_stopped(stop.clone()));
        let all = tokio::spawn({
            let stop = stop.clone();
            async move { all_ended(tasks, std::future::pending(), &stop).await }
        });
        tokio::task::yield_now().await;
        assert!(!all.is_finished());
        stop.cancel();
        all.await.unwrap().unwrap();
    }

    #[tokio::test]
    async fn a_task_that_panics_stops_the_worker_and_lets_the_others_finish() {
        for in_heartbeat in [false, true] {
            let (mut tasks, stop) = (JoinSet::new(), CancellationToken::new());
            let (finishes, mut finished) = tokio::sync::oneshot::channel();
            tasks.spawn({
                let stop = stop.clone();
                async move {
                    until_stopped(stop).await;
                    tokio::task::yield_now().await;
                    finishes.send(()).unwrap();
                }
            });
            tasks.spawn({
                let stop = stop.clone();
                async move {
                    assert!(in_heartbeat, "a bug");
                    until_stopped(stop).await;
                }
            });
            let heartbeat = async move {
                assert!(!in_heartbeat, "a bug");
                std::future::pending().await
            };
            let ended = all_ended(tasks, heartbeat, &stop).await;
            assert!(ended.unwrap_err().is_panic());
            assert!(stop.is_cancelled());
            finished.try_recv().unwrap();
        }
    }
}
