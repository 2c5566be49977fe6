//! Running claimed jobs, and recording the outcome of those that do not succeed.

use std::{
    panic::AssertUnwindSafe,
    time::{Duration, Instant},
};

use futures::FutureExt;
use service::{
    Context, error_chain,
    jobs::{self, Claim, Disposition, FailOutcome, JobOutcome, Spec},
};
use tokio::time;
use tokio_util::sync::CancellationToken;

use crate::{batches::Batches, leases::Held, log::log_failure, spans};

/// The time limit for claimed jobs after the signal to stop.
const GRACE: Duration = Duration::from_secs(25);
/// The first and the longest pause between two tries to record an outcome, while the database does
/// not answer.
const PAUSES: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(10));

/// Why jobs did not succeed, and the consequence for them.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    reason: String,
    disposition: Disposition,
}

/// How a batch ended.
#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    /// Each job is completed, failed or postponed, or another worker has it.
    Settled,
    /// The batch is postponed. If the cause is outside of the batch, the jobs after it must be
    /// postponed as well.
    Postponed(Failure),
    /// There is no time for the jobs after the batch.
    OutOfTime,
}

/// Runs a group of jobs in batches until the signal to stop: jobs that were never postponed in one
/// batch, the others a few at a time. After one postponed batch the next one still runs; after two
/// in a row, the rest of the group is postponed.
pub(crate) async fn run(ctx: &Context, held: &Held, stop: &CancellationToken) {
    let mut batches = Batches::of(held.group(), |claim| claim.postponements());
    let mut was_postponed = false;
    while let Some(batch) = batches.next() {
        let outcome = spans::run(batch, process_batch(ctx, held, batch, stop)).await;
        let left = batches.left();
        match outcome {
            Outcome::OutOfTime => return release(ctx, left).await,
            _ if stop.is_cancelled() => return release(ctx, left).await,
            // Two in a row: the cause was not one of the jobs.
            Outcome::Postponed(failure) if was_postponed => {
                return record(ctx, held, left, &failure, stop).await;
            }
            Outcome::Postponed(_) => was_postponed = true,
            Outcome::Settled => {
                was_postponed = false;
                batches.grow(batch);
            }
        }
    }
}

/// Runs a batch in one transaction. When that fails, its jobs run one by one.
async fn process_batch(
    ctx: &Context,
    held: &Held,
    batch: &[Claim],
    stop: &CancellationToken,
) -> Outcome {
    let failure = match attempt(ctx, held, batch, stop).await {
        Ok(outcome) => return outcome,
        Err(failure) => failure,
    };
    if let [claim] = batch {
        record_alone(ctx, held, claim, failure, stop).await
    } else if failure.disposition == Disposition::Postpone {
        record(ctx, held, batch, &failure, stop).await;
        Outcome::Postponed(failure)
    } else {
        one_by_one(ctx, held, batch, failure.reason, stop).await
    }
}

/// Runs the jobs of a batch one by one, because one of them makes it fail. Releases those for which
/// there is no time after the signal to stop.
async fn one_by_one(
    ctx: &Context,
    held: &Held,
    batch: &[Claim],
    reason: String,
    stop: &CancellationToken,
) -> Outcome {
    tracing::warn!(jobs = batch.len(), reason, "a batch failed, its jobs run one by one");
    for (position, claim) in batch.iter().enumerate() {
        let alone = std::slice::from_ref(claim);
        let run = async {
            match attempt(ctx, held, alone, stop).await {
                Ok(outcome) => outcome,
                Err(failure) => record_alone(ctx, held, claim, failure, stop).await,
            }
        };
        let outcome = spans::run(alone, run).await;
        let left = &batch[position + 1..];
        match outcome {
            Outcome::OutOfTime => {
                release(ctx, left).await;
                return Outcome::OutOfTime;
            }
            // Otherwise each job would get the whole grace period.
            _ if stop.is_cancelled() => {
                release(ctx, left).await;
                return Outcome::OutOfTime;
            }
            Outcome::Postponed(failure) => {
                record(ctx, held, left, &failure, stop).await;
                return Outcome::Postponed(failure);
            }
            Outcome::Settled => {}
        }
    }
    Outcome::Settled
}

/// Runs jobs together, for as long as they are held and there is time.
async fn attempt(
    ctx: &Context,
    held: &Held,
    claims: &[Claim],
    stop: &CancellationToken,
) -> Result<Outcome, Failure> {
    let Some(first) = claims.first().filter(|_| held.is_held(claims)) else {
        return Ok(Outcome::Settled);
    };
    let out_of_time = async {
        stop.cancelled().await;
        time::sleep(GRACE).await;
    };
    let began = Instant::now();
    let (outcome, how) = tokio::select! {
        result = guarded(first.spec, jobs::execute(ctx, claims)) => match result {
            Ok(()) => (Ok(Outcome::Settled), JobOutcome::Completed),
            Err(failure) => {
                let how = match failure.disposition {
                    Disposition::Postpone => JobOutcome::Postponed,
                    Disposition::Attempt | Disposition::Final => JobOutcome::Failed,
                };
                (Err(failure), how)
            }
        },
        () = held.lost(claims) => {
            tracing::warn!(jobs = claims.len(), "lease lost, another worker has these jobs");
            (Ok(Outcome::Settled), JobOutcome::Interrupted)
        }
        () = out_of_time => {
            tracing::warn!(jobs = claims.len(), "out of time, jobs released");
            release(ctx, claims).await;
            (Ok(Outcome::OutOfTime), JobOutcome::Interrupted)
        }
    };
    jobs::count_run(ctx, claims, how, began.elapsed());
    if how == JobOutcome::Completed {
        for claim in claims {
            for cause in claim.causes() {
                tracing::debug!(
                    job.id = %claim.id,
                    job.kind = claim.kind(),
                    request.id = cause.request_id(),
                    "job completed"
                );
            }
        }
    }
    outcome
}

/// Bounds a run by the time limit of its kind. A panic is a failure.
async fn guarded(
    spec: &Spec,
    run: impl Future<Output = service::Result<()>>,
) -> Result<(), Failure> {
    let limit = spec.time_limit;
    let (reason, disposition) = match time::timeout(limit, AssertUnwindSafe(run).catch_unwind())
        .await
    {
        Ok(Ok(Ok(()))) => return Ok(()),
        Ok(Ok(Err(error))) => (error_chain(&error), Disposition::of(&error)),
        Ok(Err(panic)) => (format!("panicked: {}", panic_message(&*panic)), Disposition::Attempt),
        Err(_) => (format!("took longer than {} s", limit.as_secs()), spec.on_timeout),
    };
    Err(Failure { reason, disposition })
}

/// Records the failure of a job that ran alone.
async fn record_alone(
    ctx: &Context,
    held: &Held,
    claim: &Claim,
    failure: Failure,
    stop: &CancellationToken,
) -> Outcome {
    let alone = std::slice::from_ref(claim);
    record(ctx, held, alone, &failure, stop).await;
    match failure.disposition {
        Disposition::Postpone => Outcome::Postponed(failure),
        Disposition::Attempt | Disposition::Final => Outcome::Settled,
    }
}

async fn release(ctx: &Context, claims: &[Claim]) {
    if !claims.is_empty() {
        log_failure("jobs could not be released", jobs::release(ctx, claims).await);
    }
}

/// Records a failure in the database. Tries again while the database does not answer and the jobs
/// are held. If all tries fail, the leases expire.
async fn record(
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
    while let Err(error) = record_once(ctx, claims, failure).await {
        let hopeless = !error.is_transient() || stop.is_cancelled() || !held.is_held(claims);
        log_failure("the failure of jobs could not be recorded", Err(error));
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

async fn record_once(ctx: &Context, claims: &[Claim], failure: &Failure) -> service::Result<()> {
    let Failure { reason, disposition } = failure;
    match disposition {
        Disposition::Postpone => {
            jobs::postpone(ctx, claims, reason).await?;
            tracing::warn!(jobs = claims.len(), reason, "jobs postponed");
        }
        Disposition::Attempt => {
            for claim in claims {
                if jobs::fail(ctx, claim, reason).await? == FailOutcome::Retry {
                    tracing::warn!(
                        job.id = %claim.id,
                        job.kind = claim.kind(),
                        request.id = claim.cause().request_id(),
                        reason,
                        "job failed, will run again"
                    );
                }
            }
        }
        Disposition::Final => {
            for claim in claims {
                jobs::move_to_dead_letters(ctx, claim, reason).await?;
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
        housekeeping::CleanUp,
        jobs::LEASE,
        password_reset::SendResetLink,
        reminder::SendReminders,
        testing::{Queue, World},
    };

    use super::*;
    use crate::leases::Leases;

    /// A world with `count` claimed jobs.
    async fn world_with_claimed_jobs(count: i64) -> (World, Held) {
        let world = World::new().await;
        for number in 0..count {
            let tick = (world.ctx.now().utc() + TimeDelta::milliseconds(number)).into();
            cron::fire(&world.ctx, "clean_up", tick, CleanUp {}).await.unwrap();
        }
        world.clock.advance(TimeDelta::seconds(1));
        let claims = jobs::claim(&world.ctx, 100).await.unwrap();
        assert_eq!(claims.len() as i64, count);
        let held = Leases::default().hold(claims);
        (world, held)
    }

    #[tokio::test]
    async fn jobs_that_run_one_by_one_are_released_after_the_signal_to_stop() {
        let (world, held) = world_with_claimed_jobs(3).await;
        let stop = CancellationToken::new();
        stop.cancel();
        let reason = "one of them fails".to_owned();
        let outcome = one_by_one(&world.ctx, &held, held.group(), reason, &stop).await;
        assert_eq!(outcome, Outcome::OutOfTime);
        assert_eq!(world.queue().await, Queue { waiting: 2, completed: 1, ..Queue::default() });
    }

    #[tokio::test]
    async fn a_handler_that_returns_ok_without_acknowledging_runs_once() {
        let world = World::new().await;
        // The handler of this job does not acknowledge it.
        cron::fire(&world.ctx, "reminders", world.ctx.now(), SendReminders {}).await.unwrap();
        assert_eq!(crate::drain(&world.ctx).await.unwrap(), 1);
        world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
        assert_eq!(jobs::sweep(&world.ctx).await.unwrap(), 0);
        assert_eq!(crate::drain(&world.ctx).await.unwrap(), 0);
        assert_eq!(world.claims_made().await, 1);
        assert_eq!(world.queue().await, Queue { completed: 1, ..Queue::default() });
    }

    #[tokio::test]
    async fn a_panic_is_a_failure_with_its_message() {
        let panics = async { panic!("division by {}", "zero") };
        let failure = guarded(&Spec::of::<CleanUp>(), panics).await.unwrap_err();
        assert_eq!(failure.reason, "panicked: division by zero");
        assert_eq!(failure.disposition, Disposition::Attempt);
    }

    #[tokio::test(start_paused = true)]
    async fn a_run_that_hangs_is_cut_off_at_its_time_limit() {
        for (spec, disposition) in [
            (Spec::of::<CleanUp>(), Disposition::Postpone),
            (Spec::of::<SendResetLink>(), Disposition::Attempt),
        ] {
            let failure = guarded(&spec, std::future::pending()).await.unwrap_err();
            assert!(failure.reason.starts_with("took longer than"), "{}", failure.reason);
            assert_eq!(failure.disposition, disposition);
        }
    }

    #[tokio::test]
    async fn a_failure_names_its_cause() {
        let cause = service::Error::Corrupt("a status of old".to_owned());
        let failure = guarded(&Spec::of::<CleanUp>(), async { Err(cause) }).await.unwrap_err();
        assert!(failure.reason.ends_with("a status of old"), "{}", failure.reason);
        assert_eq!(failure.disposition, Disposition::Attempt);
    }
}
