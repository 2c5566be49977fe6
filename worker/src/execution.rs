//! Carrying jobs out, and what becomes of those that do not succeed.

use std::{panic::AssertUnwindSafe, time::Duration};

use futures::FutureExt;
use service::{
    Context,
    jobs::{self, Claim, Disposition, Job, Verdict},
};
use tokio::time;
use tokio_util::sync::CancellationToken;

use crate::{
    batches::Batches,
    handlers::{handle, is_bounded_by_the_database, time_limit},
    leases::Held,
    process::sentence,
    runner::log_failure,
};

/// How long work may go on after the signal to stop.
const GRACE: Duration = Duration::from_secs(25);
/// The first pause after the database did not hear what became of a job, and the longest.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));

/// Why jobs did not succeed, and what that means for them.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    reason: String,
    disposition: Disposition,
}

/// What is left to do after a group was carried out.
#[derive(Debug, PartialEq, Eq)]
enum Rest {
    /// Nothing: each job is done, noted as failed, put off, or in other hands.
    Settled,
    /// The jobs that come after it would meet the same: they are to be put off like it.
    PutOff(Failure),
    /// There is no time for the jobs that come after it.
    OutOfTime,
}

/// Carries out jobs that belong together, as long as there is no signal to stop: those that were
/// never put off at once, the others a few at a time. When one of them alone makes its batch be put
/// off, the batches beside it go on.
pub(crate) async fn carry_out(ctx: &Context, held: &Held, stop: &CancellationToken) {
    let mut batches = Batches::of(held.group(), |claim| claim.postponements());
    let mut was_put_off = false;
    while let Some(batch) = batches.next() {
        let rest = carry_out_together(ctx, held, batch, stop).await;
        let left = batches.left();
        match rest {
            Rest::OutOfTime => return hand_back(ctx, left).await,
            _ if stop.is_cancelled() => return hand_back(ctx, left).await,
            // Two in a row: it was not one of the jobs.
            Rest::PutOff(failure) if was_put_off => {
                return note(ctx, held, left, &failure, stop).await;
            }
            Rest::PutOff(_) => was_put_off = true,
            Rest::Settled => {
                was_put_off = false;
                batches.grow(batch);
            }
        }
    }
}

/// Carries out a batch in one transaction.
async fn carry_out_together(
    ctx: &Context,
    held: &Held,
    batch: &[Claim],
    stop: &CancellationToken,
) -> Rest {
    let failure = match attempt(ctx, held, batch, stop).await {
        Ok(rest) => return rest,
        Err(failure) => failure,
    };
    if let [claim] = batch {
        settle_alone(ctx, held, claim, failure, stop).await
    } else if failure.disposition == Disposition::Postpone {
        note(ctx, held, batch, &failure, stop).await;
        Rest::PutOff(failure)
    } else {
        one_by_one(ctx, held, batch, failure.reason, stop).await
    }
}

/// Carries out a batch whose jobs cannot be carried out together, for one of them fails. What there
/// is no time for after the signal to stop is handed back.
async fn one_by_one(
    ctx: &Context,
    held: &Held,
    group: &[Claim],
    reason: String,
    stop: &CancellationToken,
) -> Rest {
    tracing::warn!(jobs = group.len(), reason, "a batch failed, its jobs are tried one by one");
    for (position, claim) in group.iter().enumerate() {
        let alone = std::slice::from_ref(claim);
        let rest = match attempt(ctx, held, alone, stop).await {
            Ok(rest) => rest,
            Err(failure) => settle_alone(ctx, held, claim, failure, stop).await,
        };
        let left = &group[position + 1..];
        match rest {
            Rest::OutOfTime => {
                hand_back(ctx, left).await;
                return Rest::OutOfTime;
            }
            // Each job would have the time anew that there is for all of them.
            _ if stop.is_cancelled() => {
                hand_back(ctx, left).await;
                return Rest::OutOfTime;
            }
            Rest::PutOff(failure) => {
                note(ctx, held, left, &failure, stop).await;
                return Rest::PutOff(failure);
            }
            Rest::Settled => {}
        }
    }
    Rest::Settled
}

/// Tries jobs together, for as long as they are held and there is time.
async fn attempt(
    ctx: &Context,
    held: &Held,
    claims: &[Claim],
    stop: &CancellationToken,
) -> Result<Rest, Failure> {
    let Some(first) = claims.first().filter(|_| held.is_held(claims)) else {
        return Ok(Rest::Settled);
    };
    let out_of_time = async {
        stop.cancelled().await;
        time::sleep(GRACE).await;
    };
    tokio::select! {
        result = guarded(&first.job, handle(ctx, claims)) => result.map(|()| Rest::Settled),
        () = held.lost(claims) => {
            tracing::warn!(jobs = claims.len(), "lease lost, another worker has these jobs");
            Ok(Rest::Settled)
        }
        () = out_of_time => {
            tracing::warn!(jobs = claims.len(), "out of time, jobs handed back");
            hand_back(ctx, claims).await;
            Ok(Rest::OutOfTime)
        }
    }
}

/// Bounds work by its time limit; a panic is a failure like any other.
async fn guarded(
    job: &Job,
    work: impl Future<Output = service::Result<()>>,
) -> Result<(), Failure> {
    let limit = time_limit(job);
    let (reason, disposition) = match time::timeout(limit, AssertUnwindSafe(work).catch_unwind())
        .await
    {
        Ok(Ok(Ok(()))) => return Ok(()),
        Ok(Ok(Err(error))) => (sentence(&error), Disposition::of(&error)),
        Ok(Err(panic)) => (format!("panicked: {}", panic_message(&*panic)), Disposition::Attempt),
        Err(_) => {
            let slow = if is_bounded_by_the_database(job) {
                Disposition::Postpone
            } else {
                Disposition::Attempt
            };
            (format!("took longer than {} s", limit.as_secs()), slow)
        }
    };
    Err(Failure { reason, disposition })
}

/// Notes what became of a job that was tried alone.
async fn settle_alone(
    ctx: &Context,
    held: &Held,
    claim: &Claim,
    failure: Failure,
    stop: &CancellationToken,
) -> Rest {
    let alone = std::slice::from_ref(claim);
    note(ctx, held, alone, &failure, stop).await;
    match failure.disposition {
        Disposition::Postpone => Rest::PutOff(failure),
        Disposition::Attempt | Disposition::Final => Rest::Settled,
    }
}

async fn hand_back(ctx: &Context, claims: &[Claim]) {
    if !claims.is_empty() {
        log_failure("jobs could not be handed back", jobs::hand_back(ctx, claims).await);
    }
}

/// Tells the database what became of jobs; again while it does not hear and they are still held.
/// What it never hears is found out when the leases expire.
async fn note(
    ctx: &Context,
    held: &Held,
    claims: &[Claim],
    failure: &Failure,
    stop: &CancellationToken,
) {
    if claims.is_empty() {
        return;
    }
    let (mut pause, longest) = PAUSES;
    while let Err(error) = tell(ctx, claims, failure).await {
        let hopeless = !error.is_transient() || stop.is_cancelled() || !held.is_held(claims);
        log_failure("what became of jobs could not be noted", Err(error));
        if hopeless {
            return;
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = time::sleep(pause) => {}
        }
        pause = (pause * 2).min(longest);
    }
}

async fn tell(ctx: &Context, claims: &[Claim], failure: &Failure) -> service::Result<()> {
    let Failure { reason, disposition } = failure;
    match disposition {
        Disposition::Postpone => {
            jobs::postpone(ctx, claims, reason).await?;
            tracing::warn!(jobs = claims.len(), reason, "jobs put off");
        }
        Disposition::Attempt => {
            for claim in claims {
                if jobs::fail(ctx, claim, reason).await? == Verdict::Retry {
                    let kind = claim.job.kind();
                    tracing::warn!(job.id = %claim.id, job.kind = kind, reason, "job failed, will be tried again");
                }
            }
        }
        Disposition::Final => {
            for claim in claims {
                jobs::give_up(ctx, claim, reason).await?;
            }
        }
    }
    Ok(())
}

fn panic_message(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message")
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use service::{
        cron,
        testing::{Queue, World},
    };

    use super::*;
    use crate::leases::Leases;

    /// A world with so many jobs, all of them in our hands.
    async fn world_with_jobs_at_work(count: i64) -> (World, Held) {
        let world = World::new().await;
        for number in 0..count {
            let tick = (world.ctx.now().utc() + TimeDelta::milliseconds(number)).into();
            cron::fire(&world.ctx, "clean_up", tick, &Job::CleanUp {}).await.unwrap();
        }
        world.clock.advance(TimeDelta::seconds(1));
        let claims = jobs::claim(&world.ctx, 100).await.unwrap();
        assert_eq!(claims.len() as i64, count);
        let held = Leases::default().hold(claims);
        (world, held)
    }

    #[tokio::test]
    async fn jobs_tried_one_by_one_are_handed_back_after_the_signal_to_stop() {
        let (world, held) = world_with_jobs_at_work(3).await;
        let stop = CancellationToken::new();
        stop.cancel();
        let reason = "one of them fails".to_owned();
        let rest = one_by_one(&world.ctx, &held, held.group(), reason, &stop).await;
        assert_eq!(rest, Rest::OutOfTime);
        assert_eq!(world.queue().await, Queue { ready: 2, done: 1, ..Queue::default() });
    }

    #[tokio::test]
    async fn a_panic_is_a_failure_with_its_message() {
        let panics = async { panic!("division by {}", "zero") };
        let failure = guarded(&Job::CleanUp {}, panics).await.unwrap_err();
        assert_eq!(failure.reason, "panicked: division by zero");
        assert_eq!(failure.disposition, Disposition::Attempt);
    }

    #[tokio::test(start_paused = true)]
    async fn work_that_hangs_is_cut_off() {
        let mail = Job::SendResetLink { email: "ada@example.com".to_owned() };
        for (job, disposition) in
            [(Job::CleanUp {}, Disposition::Postpone), (mail, Disposition::Attempt)]
        {
            let failure = guarded(&job, std::future::pending()).await.unwrap_err();
            assert!(failure.reason.starts_with("took longer than"), "{}", failure.reason);
            assert_eq!(failure.disposition, disposition);
        }
    }

    #[tokio::test]
    async fn a_failure_tells_what_caused_it() {
        let cause = service::Error::Corrupt("a status of old".to_owned());
        let failure = guarded(&Job::CleanUp {}, async { Err(cause) }).await.unwrap_err();
        assert!(failure.reason.ends_with("a status of old"), "{}", failure.reason);
        assert_eq!(failure.disposition, Disposition::Attempt);
    }
}
