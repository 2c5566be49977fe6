//! Admission: the one place that decides who has a seat in a competition. Registrations, their
//! cancellations, edits and cancellations of the competition are all executed here.
//!
//! Concurrent requests for one competition are combined into a batch, and batches of different
//! competitions into a transaction. It takes the locks of the competitions in Redis, then the locks
//! of their rows, reads what its requests depend on, decides them in the order of arrival, and
//! writes all effects.
//!
//! Only the transaction decides. The combiners, the permits, and the locks and stored responses in
//! Redis save work, and each of them may fail.

mod access;
mod alone;
mod answered_form;
mod batch;
mod batch_span;
mod changes;
mod command;
mod compare_and_set;
mod decide;
mod decision;
mod fingerprint;
mod lane;
mod ledger;
mod locked_transaction;
#[cfg(test)]
mod model;
mod other_registrations;
mod outcome;
mod parts;
mod process;
mod registration_form;
mod store;

use std::time::{Duration, Instant};

use domain::{CompetitionId, ErrorCode, IdempotencyKey, PublicError, User};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

pub use decision::Decision;
pub(crate) use {
    answered_form::AnsweredForm, command::AdmissionCommand, decision::Effect,
    registration_form::RegistrationForm,
};

use self::{
    command::{Keyed, Request},
    lane::Lane,
};
use crate::{
    Cause, Context, Db, Error, Result, commit_watch,
    idempotency::{self, LocalLookup, RequestKey},
    infrastructure::combiner::{BatchLimits, Combiner},
    metrics::ADMISSION,
};

/// Measured with PostgreSQL 15 on two cores: beyond 128 requests a batch gains little, and each of
/// them waits longer.
const LIMITS: BatchLimits = BatchLimits {
    max_batch: 128,
    max_queued: 2_048,
    max_wait: Duration::from_secs(2),
    max_workers: 3,
};

/// How long a transaction waits for its permit before it is refused.
const PERMIT_TIMEOUT: Duration = Duration::from_secs(2);
/// How long a check waits on SQLite, whose writers include jobs that take seconds.
const WRITER_TIMEOUT: Duration = Duration::from_secs(5);

/// The combiners of this process, and the limit of its concurrent transactions.
#[derive(Debug)]
pub(crate) struct Admission {
    requests: Combiner<CompetitionId, Request, Decision<Effect>>,
    lane: Lane,
    /// `None` on SQLite, whose writers wait without a connection.
    permits: Option<Permits>,
}

/// Transactions that may use a connection at the same time: half of the connections, so that those
/// that wait for locks leave the other half to other requests. The lane has permits of its own, so
/// that it does not queue behind batches that wait for a lock.
#[derive(Debug)]
struct Permits {
    lane: Semaphore,
    alone: Semaphore,
}

impl Admission {
    pub(crate) fn new(db: &Db) -> Self {
        let half = (db.max_connections() / 2) as usize;
        let of_lane = (half / 2).clamp(1, lane::LIMITS.max_workers);
        let permits = (!db.is_sqlite()).then(|| Permits {
            lane: Semaphore::new(of_lane),
            alone: Semaphore::new(half.saturating_sub(of_lane).max(1)),
        });
        Self { requests: Combiner::weighted(LIMITS, Request::weight), lane: lane::lane(), permits }
    }

    /// The number of requests that wait for a batch or a transaction.
    pub(crate) fn queued(&self) -> u64 {
        (self.requests.queued() + self.lane.queued()) as u64
    }

    /// Checks that the lane would get a permit; on SQLite, the right to write.
    ///
    /// # Errors
    /// When it would not, within the time that it waits.
    pub(crate) async fn check(&self, db: &Db) -> Result<()> {
        if db.is_sqlite() {
            return db.check_writer(WRITER_TIMEOUT).await;
        }
        self.lane_permit().await.map(drop)
    }

    /// Takes all permits of the lane, or the right to write.
    #[cfg(test)]
    pub(crate) async fn occupy<'a>(&'a self, db: &'a Db) -> Option<SemaphorePermit<'a>> {
        match &self.permits {
            None => db.writer_permit().await,
            Some(Permits { lane, .. }) => {
                let all = u32::try_from(lane.available_permits()).unwrap();
                Some(lane.acquire_many(all).await.unwrap())
            }
        }
    }

    /// Waits for a permit of the lane.
    async fn lane_permit(&self) -> Result<Option<SemaphorePermit<'_>>> {
        acquire(self.permits.as_ref().map(|permits| &permits.lane)).await
    }

    /// Waits for a permit of a batch that is decided on its own.
    async fn alone_permit(&self) -> Result<Option<SemaphorePermit<'_>>> {
        acquire(self.permits.as_ref().map(|permits| &permits.alone)).await
    }
}

async fn acquire(permits: Option<&Semaphore>) -> Result<Option<SemaphorePermit<'_>>> {
    let Some(permits) = permits else { return Ok(None) };
    let began = Instant::now();
    let permit = timeout(PERMIT_TIMEOUT, permits.acquire()).await.map_err(|_| Error::TimedOut)?;
    ADMISSION.permit(began.elapsed());
    Ok(Some(permit.expect("the semaphore is never closed")))
}

/// Executes a command of a user. A queued command is executed even if this future is dropped.
///
/// # Errors
/// No such competition; forbidden; a key that is in flight or was used for another request; a queue
/// that is full; a database that is busy or fails. Then nothing was changed.
/// [`ErrorCode::OutcomeUnknown`] when the batch panicked or the response to its COMMIT was lost: a
/// retry with the same key finds out.
pub(crate) async fn execute(
    ctx: &Context,
    user: &User,
    competition: CompetitionId,
    command: AdmissionCommand,
    key: Option<IdempotencyKey>,
) -> Result<Decision<Effect>> {
    let outcomes = outcome::counters(&command);
    let result = submit(ctx, user, competition, command, key).await;
    if let Some(outcomes) = outcomes.filter(|_| !outcome::is_tried_again(&result)) {
        outcomes.increment(outcome::label(&result));
    }
    result
}

async fn submit(
    ctx: &Context,
    user: &User,
    competition: CompetitionId,
    command: AdmissionCommand,
    key: Option<IdempotencyKey>,
) -> Result<Decision<Effect>> {
    let keyed = match key {
        None => None,
        Some(key) => {
            let key = RequestKey::new(user.id, key, &command.fingerprint(competition));
            match idempotency::look_up_or_lock(ctx, &key)? {
                LocalLookup::Hit(outcome) => return Ok(Decision { outcome, replayed: true }),
                LocalLookup::Miss(lock) => Some(Keyed { key, lock }),
            }
        }
    };
    let key = keyed.as_ref().map(|keyed| keyed.key.idempotency_key().clone());
    let request = Request {
        competition,
        user: user.clone(),
        command,
        keyed,
        cause: Cause::current(),
        since: Instant::now(),
    };
    let admission = &ctx.admission;
    let ctx = ctx.clone();
    let process_batch = move |requests| process::process_batch(ctx.clone(), competition, requests);
    let pending = commit_watch::commit_begins();
    match admission.requests.submit(competition, request, process_batch).await {
        Ok(decision) => {
            // A refusal changes nothing.
            if decision.outcome.is_err() {
                pending.rolled_back();
            }
            Ok(decision)
        }
        // The batch panicked, before or after its COMMIT.
        Err(Error::Interrupted) => Err(PublicError::outcome_unknown(key.as_ref()).into()),
        // The response to the COMMIT was lost.
        Err(Error::Public(error)) if error.code == ErrorCode::OutcomeUnknown => {
            Err(PublicError::outcome_unknown(key.as_ref()).into())
        }
        Err(error) => {
            pending.rolled_back();
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use domain::CompetitionEdit;

    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn a_request_that_panics_fails_alone_and_changes_nothing() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let grace = world.participant("Grace").await;
        let (edited, other) =
            (world.competition(&ada).create().await, world.competition(&ada).create().await);
        // Larger than `MAX_CAPACITY`, which no checked input is.
        let capacity = Some(u32::MAX);
        let edit = Box::new(CompetitionEdit { capacity, ..Default::default() });
        let command = AdmissionCommand::EditCompetition { edit, if_match: None };
        let (panicked, registered) = tokio::join!(
            execute(&world.ctx, ada.user().unwrap(), edited, command, None),
            execute(
                &world.ctx,
                grace.user().unwrap(),
                other,
                AdmissionCommand::Register(RegistrationForm::default()),
                None
            ),
        );
        let Err(error) = panicked else { panic!("{panicked:?}") };
        assert_eq!(PublicError::from(error).code, ErrorCode::Internal);
        assert!(registered.unwrap().outcome.is_ok());
        assert_eq!(world.tally(other).await.registered, 1);
    }
}
