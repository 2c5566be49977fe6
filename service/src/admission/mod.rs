//! Everything that changes who has a seat in a competition: registering, giving a seat back, editing, cancelling.
//!
//! Requests for one competition are combined: a batch takes the competition's lock in Redis, and then one
//! transaction reads the competition's row for update, decides every request in the order of arrival, and writes what
//! follows from all of them. The database is the truth; every layer above it makes it faster or kinder, and may fail.

mod batch;
mod ledger;
#[cfg(test)]
mod model;
mod request;
mod store;

use std::time::Duration;

use domain::{CompetitionId, ErrorCode, IdempotencyKey, PublicError, User};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

pub(crate) use request::{Answer, Outcome, Wish};

use self::request::{Keyed, Request};
use crate::{
    Context, Db, Error, Result,
    combiner::{BatchLimits, Combiner},
    commit_watch,
    idempotency::{self, Entry, Scope},
};

/// Measured on two cores with PostgreSQL 15: past 128 rows a transaction gains little and everyone in it waits longer.
const LIMITS: BatchLimits = BatchLimits {
    max_batch: 128,
    max_queued: 2_048,
    max_wait: Duration::from_secs(2),
    max_workers: 3,
};

/// A batch that has waited longer for its turn is refused.
const TURN_LIMIT: Duration = Duration::from_secs(2);

/// The combiner of this process.
#[derive(Debug)]
pub(crate) struct Admissions {
    requests: Combiner<CompetitionId, Request, Answer>,
    /// How many batches may be in the database: half of the connections are for everything else,
    /// however many competitions wait for a lock. SQLite has one writer, who is waited for without
    /// a connection.
    turns: Option<Semaphore>,
}

impl Admissions {
    pub(crate) fn new(db: &Db) -> Self {
        let turns = (db.max_connections() / 2).max(1) as usize;
        let turns = (!db.is_sqlite()).then(|| Semaphore::new(turns));
        Self { requests: Combiner::new(LIMITS), turns }
    }

    /// The turn of a batch, until it is dropped.
    async fn turn(&self) -> Result<Option<SemaphorePermit<'_>>> {
        let Some(turns) = &self.turns else { return Ok(None) };
        let turn = timeout(TURN_LIMIT, turns.acquire()).await.map_err(|_| Error::TimedOut)?;
        Ok(Some(turn.expect("the semaphore is never closed")))
    }
}

/// What comes of a user's wish about a competition. Once it waits it is carried through, even if the caller goes away.
///
/// # Errors
/// No such competition, or no permission; a key that is in flight or was used for another request; too many that
/// wait; a database that is busy or broken. Then nothing was changed. [`ErrorCode::OutcomeUnknown`] when a batch has
/// panicked or the answer to its commit was lost: a retry with the same key tells.
pub(crate) async fn ask(
    ctx: &Context,
    user: &User,
    competition: CompetitionId,
    wish: Wish,
    key: Option<IdempotencyKey>,
) -> Result<Answer> {
    let keyed = match key {
        None => None,
        Some(key) => {
            let scope = Scope::new(user.id, key, &wish.fingerprint(competition));
            match idempotency::enter(ctx, &scope)? {
                Entry::Answered(outcome) => return Ok(Answer { outcome, replayed: true }),
                Entry::New(claim) => Some(Keyed { scope, claim }),
            }
        }
    };
    let known_key = keyed.as_ref().map(|keyed| keyed.scope.key().clone());
    let request = Request { user: user.clone(), wish, keyed };
    let ctx = ctx.clone();
    let admissions = ctx.clone();
    let carry_out = move |requests| batch::carry_out(ctx.clone(), competition, requests);
    let pending = commit_watch::commit_begins();
    match admissions.admissions.requests.submit(competition, request, carry_out).await {
        Ok(answer) => {
            // A refusal changes nothing.
            if answer.outcome.is_err() {
                pending.rolled_back();
            }
            Ok(answer)
        }
        // The batch has panicked, before its commit or after it; or the answer to its commit was
        // lost.
        Err(Error::Interrupted) => Err(PublicError::outcome_unknown(known_key.as_ref()).into()),
        Err(Error::Public(error)) if error.code == ErrorCode::OutcomeUnknown => {
            Err(PublicError::outcome_unknown(known_key.as_ref()).into())
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
    async fn a_batch_that_panics_has_an_unknown_outcome_and_names_the_key() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).create().await;
        // No input is parsed into this.
        let capacity = Some(u32::MAX);
        let wish = Wish::Edit(Box::new(CompetitionEdit { capacity, ..Default::default() }));
        let key = "attempt-1".parse().unwrap();
        let answer = ask(&world.ctx, ada.user().unwrap(), id, wish, Some(key)).await;
        let Err(Error::Public(error)) = answer else { panic!("{answer:?}") };
        assert_eq!(error.code, ErrorCode::OutcomeUnknown);
        assert_eq!(error.idempotency_key.as_deref(), Some("attempt-1"));
    }
}
