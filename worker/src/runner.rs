//! Taking jobs and carrying them out.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::{FutureExt, future::join_all};
use service::{
    Context,
    jobs::{self, Claim, Consumer, Verdict},
};
use tokio::{task::JoinSet, time};
use tokio_util::sync::CancellationToken;

use crate::{
    WorkerOptions, cron,
    handlers::{groups, handle, time_limit},
    process::sentence,
};

/// Jobs taken at a time. One transaction confirms them all.
const BATCH: usize = 500;
/// How often the outbox is looked at. Jobs of its own process wake the relay at once.
const RELAY: Duration = Duration::from_millis(500);
/// How often a worker says that it is alive: six times in a lease.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// How often jobs are taken back from workers that are gone.
const SWEEP: Duration = Duration::from_secs(10);
/// How long work may go on after the signal to stop.
const GRACE: Duration = Duration::from_secs(25);
/// The pause after the database did not answer.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// Works until `stop`; then finishes what was begun, for at most 25 seconds, and hands the rest back.
pub async fn run(ctx: Context, options: WorkerOptions, stop: CancellationToken) {
    tracing::info!(
        worker.concurrency = options.worker_concurrency,
        cron.reminder = %options.cron_reminder_schedule,
        cron.cleanup = %options.cron_cleanup_schedule,
        "worker started"
    );
    let mut tasks = JoinSet::new();
    for _ in 0..options.worker_concurrency {
        tasks.spawn(work(ctx.clone(), stop.clone()));
    }
    tasks.spawn(relay(ctx.clone(), stop.clone()));
    tasks.spawn(sweep(ctx.clone(), stop.clone()));
    tasks.spawn(cron::run(ctx, options, stop));
    tasks.join_all().await;
    tracing::info!("worker stopped");
}

/// Carries out all jobs that are due, and answers with how many there were.
///
/// # Errors
/// When the database fails.
pub async fn drain(ctx: &Context) -> service::Result<usize> {
    let mut done = 0;
    loop {
        let claims = jobs::claim(ctx, BATCH as u64).await?;
        if claims.is_empty() {
            return Ok(done);
        }
        done += claims.len();
        carry_out(ctx, claims, &CancellationToken::new()).await;
    }
}

/// One worker. A signal to stop is heard once what was taken is done, or after a second of waiting.
async fn work(ctx: Context, stop: CancellationToken) {
    let mut consumer = Consumer::new(&ctx);
    while !stop.is_cancelled() {
        match consumer.take(BATCH).await {
            Ok(claims) if claims.is_empty() => consumer.wait().await,
            Ok(claims) => carry_out(&ctx, claims, &stop).await,
            Err(error) => {
                log_failure("no jobs could be taken", Err(error));
                time::sleep(AFTER_ERROR).await;
            }
        }
    }
    consumer.retire().await;
}

/// Brings jobs from the outbox into Redis, if there is one.
async fn relay(ctx: Context, stop: CancellationToken) {
    if ctx.redis().is_none() {
        return;
    }
    while !stop.is_cancelled() {
        log_failure("jobs could not be relayed", jobs::relay(&ctx).await.map(drop));
        tokio::select! {
            () = stop.cancelled() => {}
            () = ctx.new_jobs() => {}
            () = time::sleep(RELAY) => {}
        }
    }
}

async fn sweep(ctx: Context, stop: CancellationToken) {
    while !stop.is_cancelled() {
        log_failure("expired leases could not be swept", jobs::sweep(&ctx).await.map(drop));
        tokio::select! {
            () = stop.cancelled() => {}
            () = time::sleep(SWEEP) => {}
        }
    }
}

async fn carry_out(ctx: &Context, claims: Vec<Claim>, stop: &CancellationToken) {
    join_all(groups(claims).iter().map(|group| carry_out_group(ctx, group, stop))).await;
}

async fn carry_out_group(ctx: &Context, group: &[Claim], stop: &CancellationToken) {
    let Some(first) = group.first() else { return };
    let out_of_time = async {
        stop.cancelled().await;
        time::sleep(GRACE).await;
    };
    let result = tokio::select! {
        result = guarded(time_limit(&first.job), handle(ctx, group)) => result,
        () = lease_lost(ctx, group) => {
            tracing::warn!(jobs = group.len(), "lease lost, another worker has these jobs");
            return;
        }
        () = out_of_time => {
            tracing::warn!(jobs = group.len(), "out of time, jobs handed back");
            let handed_back = jobs::hand_back(ctx, group).await;
            return log_failure("jobs could not be handed back", handed_back);
        }
    };
    match (result, group) {
        (Ok(()), _) => {}
        (Err(reason), [claim]) => fail(ctx, claim, &reason).await,
        (Err(reason), _) => {
            tracing::warn!(
                jobs = group.len(),
                reason,
                "a batch failed, its jobs are tried one by one"
            );
            for claim in group {
                Box::pin(carry_out_group(ctx, std::slice::from_ref(claim), stop)).await;
            }
        }
    }
}

/// Bounds work by its time limit; a panic is a failure like any other.
async fn guarded(
    limit: Duration,
    work: impl Future<Output = service::Result<()>>,
) -> Result<(), String> {
    match time::timeout(limit, AssertUnwindSafe(work).catch_unwind()).await {
        Ok(Ok(Ok(()))) => Ok(()),
        Ok(Ok(Err(error))) => Err(sentence(&error)),
        Ok(Err(panic)) => Err(format!("panicked: {}", panic_message(&*panic))),
        Err(_) => Err(format!("took longer than {} s", limit.as_secs())),
    }
}

/// Extends the leases of a group; returns once none of them is held any more.
async fn lease_lost(ctx: &Context, group: &[Claim]) {
    loop {
        time::sleep(HEARTBEAT).await;
        match jobs::extend_lease(ctx, group).await {
            Ok(held) if held.is_empty() => return,
            Ok(_) => {}
            // The lease may yet be extended in time; if not, the epoch keeps this worker from doing harm.
            Err(error) => log_failure("leases could not be extended", Err(error)),
        }
    }
}

async fn fail(ctx: &Context, claim: &Claim, reason: &str) {
    match jobs::fail(ctx, claim, reason).await {
        Ok(Verdict::Retry) => {
            tracing::warn!(job.id = %claim.id, job.kind = claim.job.kind(), reason, "job failed, will be tried again");
        }
        Ok(Verdict::Dead | Verdict::Lost) => {}
        Err(error) => log_failure("a failure could not be noted", Err(error)),
    }
}

fn log_failure(what: &str, result: service::Result<()>) {
    if let Err(error) = result {
        tracing::error!(error = &error as &dyn std::error::Error, "{what}");
    }
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Duration = Duration::from_secs(30);

    #[tokio::test]
    async fn a_panic_is_a_failure_with_its_message() {
        let panics = async { panic!("division by {}", "zero") };
        assert_eq!(guarded(LIMIT, panics).await, Err("panicked: division by zero".to_owned()));
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_hangs_is_cut_off() {
        let hangs = std::future::pending();
        assert_eq!(guarded(LIMIT, hangs).await, Err("took longer than 30 s".to_owned()));
    }

    #[tokio::test]
    async fn a_failure_tells_what_caused_it() {
        let cause = service::Error::Corrupt("a status of old".to_owned());
        let reason = guarded(LIMIT, async { Err(cause) }).await.unwrap_err();
        assert!(reason.ends_with("a status of old"), "{reason}");
    }
}
