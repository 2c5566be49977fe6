//! Taking the jobs of one class, as many as there are hands for.

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
    execution::carry_out,
    handlers::groups,
    leases::Leases,
    runner::{BATCH, log_failure},
};

/// The pause after the database did not answer.
const AFTER_ERROR: Duration = Duration::from_secs(1);

/// Works on the jobs of a class, so many groups of them at a time. A signal to stop is heard once
/// what was taken is done, or after a second of waiting.
pub(crate) async fn run(
    ctx: Context,
    class: Class,
    hands: usize,
    leases: Leases,
    stop: CancellationToken,
) {
    let mut consumer = Consumer::new(&ctx, class);
    let mut at_work = JoinSet::new();
    while !stop.is_cancelled() {
        while let Some(ended) = at_work.try_join_next() {
            log_end(ended);
        }
        let free = hands.saturating_sub(at_work.len());
        if free == 0 {
            if let Some(ended) = at_work.join_next().await {
                log_end(ended);
            }
            continue;
        }
        // Confirmations that were taken together are one group.
        let limit = if class == Class::Confirmations { BATCH } else { free };
        match consumer.take(limit).await {
            Ok(claims) if claims.is_empty() => consumer.wait().await,
            Ok(claims) => {
                let held: Vec<_> =
                    groups(claims).into_iter().map(|group| leases.hold(group)).collect();
                for held in held {
                    let (ctx, stop) = (ctx.clone(), stop.clone());
                    at_work.spawn(async move { carry_out(&ctx, &held, &stop).await });
                }
            }
            Err(error) => {
                log_failure("no jobs could be taken", Err(error));
                time::sleep(AFTER_ERROR).await;
            }
        }
    }
    while let Some(ended) = at_work.join_next().await {
        log_end(ended);
    }
    consumer.retire().await;
}

/// What a job panics with is caught before it gets here.
fn log_end(ended: Result<(), JoinError>) {
    log_failure("a group of jobs ended before its time", ended.map_err(Into::into));
}
