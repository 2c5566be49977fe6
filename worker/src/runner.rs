//! What a worker does at the same time: jobs class by class, the relay, heartbeats, the sweeper and
//! the schedule.

use std::time::Duration;

use futures::future::join_all;
use service::{
    Context,
    jobs::{self, Class},
};
use tokio::{task::JoinSet, time};
use tokio_util::sync::CancellationToken;

use crate::{
    WorkerOptions, cron, dispatcher, execution::carry_out, handlers::groups, leases::Leases,
    steadiness::Steadiness, sweeper,
};

/// Jobs taken at a time. One transaction confirms them all.
pub(crate) const BATCH: usize = 500;
/// Jobs that take minutes, at the same time.
const BACKGROUND: usize = 2;
/// How often the outbox is looked at. Jobs of its own process wake the relay at once.
const RELAY: Duration = Duration::from_millis(500);

/// Works until `stop`; then finishes what was begun, for at most 25 seconds, and hands the rest back.
pub async fn run(ctx: Context, options: WorkerOptions, stop: CancellationToken) {
    tracing::info!(
        worker.concurrency = options.worker_concurrency,
        mail.concurrency = options.mail_concurrency,
        mail.bulk_concurrency = options.bulk_mail_concurrency,
        cron.reminder = %options.cron_reminder_schedule,
        cron.cleanup = %options.cron_cleanup_schedule,
        "worker started"
    );
    let (leases, steadiness) = (Leases::default(), Steadiness::begin());
    let heartbeat = tokio::spawn(leases.clone().keep(ctx.clone(), steadiness.clone()));
    let mut tasks = JoinSet::new();
    for class in Class::ALL {
        let hands = match class {
            Class::Confirmations => options.worker_concurrency.into(),
            Class::AccountMail => options.mail_concurrency.into(),
            Class::Background => BACKGROUND,
            Class::BulkMail => options.bulk_mail_concurrency.into(),
        };
        tasks.spawn(dispatcher::run(ctx.clone(), class, hands, leases.clone(), stop.clone()));
    }
    tasks.spawn(relay(ctx.clone(), stop.clone()));
    tasks.spawn(sweeper::run(ctx.clone(), steadiness, stop.clone()));
    tasks.spawn(cron::run(ctx, options, stop));
    tasks.join_all().await;
    heartbeat.abort();
    tracing::info!("worker stopped");
}

/// Carries out all jobs that are due, and answers with how many there were.
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
        done += claims.len();
        let held: Vec<_> = groups(claims).into_iter().map(|group| leases.hold(group)).collect();
        join_all(held.iter().map(|held| carry_out(ctx, held, &stop))).await;
    }
}

/// Brings jobs from the outbox into Redis, if there is one.
async fn relay(ctx: Context, stop: CancellationToken) {
    if ctx.redis().is_none() {
        return;
    }
    let mut news = ctx.new_jobs();
    while !stop.is_cancelled() {
        log_failure("jobs could not be relayed", jobs::relay(&ctx).await.map(drop));
        tokio::select! {
            () = stop.cancelled() => {}
            () = news.wait() => {}
            () = time::sleep(RELAY) => {}
        }
    }
}

pub(crate) fn log_failure(what: &str, result: service::Result<()>) {
    if let Err(error) = result {
        tracing::error!(error = &error as &dyn std::error::Error, "{what}");
    }
}
