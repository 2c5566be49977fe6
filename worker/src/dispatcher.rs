//! The dispatcher of a class: takes its jobs and runs them concurrently.

use std::time::Duration;

use service::{
    Context,
    jobs::{Class, Consumer},
};
use tokio::{
    task::{JoinError, JoinSet},
    time,
};
use tokio_util::sync::CancellationToken;

use crate::{
    execution,
    groups::{BATCH, groups},
    leases::Leases,
    log::log_failure,
};

/// The pause after a failed take.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// Runs the jobs of a class, up to `concurrency` groups at the same time. It notices the signal to
/// stop within a second, and returns when the claimed jobs have ended.
pub(crate) async fn run(
    ctx: Context,
    class: Class,
    concurrency: usize,
    leases: Leases,
    stop: CancellationToken,
) {
    let mut consumer = Consumer::new(&ctx, class);
    let mut running = JoinSet::new();
    while !stop.is_cancelled() {
        while let Some(ended) = running.try_join_next() {
            log_end(ended);
        }
        let free = concurrency.saturating_sub(running.len());
        if free == 0 {
            if let Some(ended) = running.join_next().await {
                log_end(ended);
            }
            continue;
        }
        // Confirmations that are taken together are one group.
        let limit = if class == Class::Confirmations { BATCH } else { free };
        match consumer.take(limit).await {
            Ok(claims) if claims.is_empty() => consumer.wait().await,
            Ok(claims) => {
                let held: Vec<_> =
                    groups(claims).into_iter().map(|group| leases.hold(group)).collect();
                for held in held {
                    let (ctx, stop) = (ctx.clone(), stop.clone());
                    running.spawn(async move { execution::run(&ctx, &held, &stop).await });
                }
            }
            Err(error) => {
                log_failure("no jobs could be taken", Err(error));
                time::sleep(AFTER_ERROR).await;
            }
        }
    }
    while let Some(ended) = running.join_next().await {
        log_end(ended);
    }
    consumer.retire().await;
}

/// Logs the panic of a task. (A panic of a handler is caught in `execution`.)
fn log_end(ended: Result<(), JoinError>) {
    log_failure("the task of a group of jobs panicked", ended.map_err(Into::into));
}
