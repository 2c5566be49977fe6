//! The lane: batches of different competitions that share a transaction.
//!
//! Fifty competitions in one transaction cost as much as one. So the batches of all competitions
//! are queued in the lane of this process, which decides all that wait there at once. It waits for
//! no competition: a batch whose competition is locked elsewhere is returned undecided. When
//! another lock delays the transaction, or the database refuses it, all are returned.

use std::{
    collections::HashSet,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::CompetitionId;
use tracing::Instrument;

use super::{
    batch::{Batch, look_up_keys},
    batch_span::batch_span,
    command::Request,
    decide::{DecisionToCache, decide, fail_all},
    locked_transaction::{LockedTransaction, TryBegin},
};
use crate::{
    Context, Result,
    infrastructure::{
        combiner::{BatchLimits, Combiner},
        db::retry,
        failpoint,
    },
    metrics::ADMISSION,
};

/// Of the lane. A queue has batches, each of up to 128 requests.
pub(super) const LIMITS: BatchLimits = BatchLimits {
    // Requests, of all competitions.
    max_batch: 128,
    max_queued: 4_096,
    max_wait: Duration::from_secs(2),
    max_workers: 3,
};

/// The batches that wait in this process. One lane: two registered 0.4 to 0.7 times as many for 50
/// competitions, because their transactions conflict under SERIALIZABLE.
pub(super) type Lane = Combiner<(), Batch, Batch>;

/// An empty lane.
pub(super) fn lane() -> Lane {
    Combiner::weighted(LIMITS, |batch| batch.requests().iter().map(Request::weight).sum())
}

/// Decides a batch together with others in the lane, or returns it undecided.
///
/// # Errors
/// A queue that is full, or a panic.
pub(super) async fn process(ctx: &Context, batch: Batch) -> Result<Batch> {
    let process_all = {
        let ctx = ctx.clone();
        move |batches| process_all(ctx.clone(), batches)
    };
    ctx.admission.lane.submit((), batch, process_all).await
}

/// Decides batches in one transaction. Returns them in the same order.
pub(super) async fn process_all(ctx: Context, mut batches: Vec<Batch>) -> Vec<Result<Batch>> {
    // There may be two batches of a competition: when the first is stalled.
    let competitions: HashSet<_> = batches.iter().map(Batch::competition).collect();
    let competitions: Vec<_> = competitions.into_iter().collect();
    // Responses of other processes are looked up while the transaction begins.
    let ((), first) = tokio::join!(
        look_up_keys(&ctx, &mut batches),
        LockedTransaction::try_begin(&ctx, &competitions)
    );
    let is_in_it = |batch: &&Batch| match &first {
        Ok(TryBegin { locked, .. }) => locked.contains(&batch.competition()),
        Err(_) => true,
    };
    let requests: Vec<_> = batches.iter().filter(is_in_it).flat_map(Batch::undecided).collect();
    if requests.is_empty() {
        // A batch whose competition is busy is counted when it is decided.
        decide_all(&ctx, &mut batches, &competitions, first).await;
    } else {
        let span = batch_span(&requests);
        let timer = ADMISSION.batch_begins(requests.iter().map(|request| request.since.elapsed()));
        decide_all(&ctx, &mut batches, &competitions, first).instrument(span).await;
        ADMISSION.batch_ends(timer);
    }
    batches.into_iter().map(Ok).collect()
}

async fn decide_all<'a>(
    ctx: &'a Context,
    batches: &mut [Batch],
    competitions: &[CompetitionId],
    first: Result<TryBegin<'a>>,
) {
    let mut first = Some(first);
    // The competitions in the transaction of the last try.
    let in_transaction = Mutex::new(HashSet::new());
    let attempt = || {
        let first = first.take();
        let (batches, in_transaction) = (&*batches, &in_transaction);
        async move {
            set(in_transaction, HashSet::new());
            let TryBegin { transaction, locked, busy } = match first {
                Some(first) => first?,
                None => LockedTransaction::try_begin(ctx, competitions).await?,
            };
            let Some(transaction) = transaction else {
                return Ok(Decided { busy, ..Decided::default() });
            };
            set(in_transaction, locked.clone());
            let batches = batches.iter().filter(|batch| locked.contains(&batch.competition()));
            let requests: Vec<&Request> = batches.flat_map(Batch::undecided).collect();
            let decisions = decide(ctx, &requests, transaction).await?;
            Ok(Decided { locked, busy, decisions })
        }
    };
    let Decided { locked, busy, decisions } = match retry(attempt).await {
        Ok(decided) => decided,
        // Decided one by one, the other batches do not fail with the one at fault.
        Err(error) if error.concerns_rows() => {
            tracing::warn!(
                refused = batches.len(),
                error = &error as &dyn std::error::Error,
                "the database refused a transaction of several batches; trying each batch"
            );
            if error.is_deterministic() {
                ADMISSION.splits.increment(1);
            }
            Decided::default()
        }
        Err(error) => {
            let mut failed = in_transaction.into_inner().unwrap_or_else(PoisonError::into_inner);
            if failed.is_empty() {
                // None began: there is no connection for any of them.
                failed = competitions.iter().copied().collect();
            }
            let batches = batches.iter().filter(|batch| failed.contains(&batch.competition()));
            let requests: Vec<&Request> = batches.flat_map(Batch::undecided).collect();
            let decisions = fail_all(error, &requests);
            Decided { locked: failed, decisions, ..Decided::default() }
        }
    };
    failpoint::reach("before_cache_fill");
    let mut decisions = decisions.into_iter();
    let mut responses = Vec::new();
    for batch in batches {
        batch.set_busy(busy.contains(&batch.competition()));
        if locked.contains(&batch.competition()) {
            responses.extend(batch.decide(&mut decisions));
        }
    }
    ctx.idempotency_cache.insert(ctx.now(), responses);
}

fn set<T>(slot: &Mutex<T>, value: T) {
    // A value that is replaced as a whole is never half changed, so poisoning is ignored.
    *slot.lock().unwrap_or_else(PoisonError::into_inner) = value;
}

/// The decisions on all undecided requests for the competitions that were locked.
#[derive(Default)]
struct Decided {
    locked: HashSet<CompetitionId>,
    /// Those that another batch has locked in Redis.
    busy: HashSet<CompetitionId>,
    decisions: Vec<Result<DecisionToCache>>,
}

#[cfg(test)]
mod tests {
    use domain::{ErrorCode, PublicError, UserId};
    use sea_orm::{EntityTrait, QuerySelect};

    use super::*;
    use crate::{
        Actor, Error,
        admission::command::{AdmissionCommand, Keyed},
        entity::{competition, registration},
        idempotency::{KeyLock, RequestKey},
        testing::World,
    };

    /// Competitions with two seats each.
    async fn competitions(world: &World, count: usize) -> Vec<CompetitionId> {
        let ada = world.organizer("Ada").await;
        let mut ids = Vec::new();
        for _ in 0..count {
            ids.push(world.competition(&ada).seats(2).create().await);
        }
        ids
    }

    fn batch(id: CompetitionId, participants: &[Actor]) -> Batch {
        let requests = participants.iter().map(|participant| Request::to_register(id, participant));
        Batch::new(id, requests.collect())
    }

    async fn process_all(world: &World, batches: Vec<Batch>) -> Vec<Batch> {
        let batches = super::process_all(world.ctx.clone(), batches).await;
        batches.into_iter().map(Result::unwrap).collect()
    }

    fn codes(batch: Batch) -> Vec<Result<(), ErrorCode>> {
        let code = |decision: Result<super::super::Decision<_>>| match decision {
            Ok(decision) => decision.outcome.map(drop).map_err(|refusal| refusal.code),
            Err(error) => Err(PublicError::from(error).code),
        };
        batch.into_decisions().into_iter().map(code).collect()
    }

    fn is_undecided(batch: &Batch) -> bool {
        batch.undecided().count() == batch.requests().len()
    }

    #[tokio::test]
    async fn batches_of_several_competitions_are_decided_each_by_its_own_seats() {
        let world = World::new().await;
        let participants = world.participants(3).await;
        let ids = competitions(&world, 3).await;
        let batches = ids.iter().map(|id| batch(*id, &participants)).collect();
        for decided in process_all(&world, batches).await {
            assert_eq!(codes(decided), [Ok(()), Ok(()), Err(ErrorCode::CompetitionFull)]);
        }
        for id in ids {
            let tally = world.tally(id).await;
            // The jobs of all competitions are counted.
            assert_eq!((tally.registered, tally.seats_taken, tally.confirmation_jobs), (2, 2, 6));
        }
    }

    #[tokio::test]
    async fn two_batches_of_one_competition_in_a_transaction_share_its_seats() {
        let world = World::new().await;
        let participants = world.participants(4).await;
        let id = competitions(&world, 1).await[0];
        let batches = vec![batch(id, &participants[..2]), batch(id, &participants[2..])];
        let decided: Vec<_> = process_all(&world, batches).await.into_iter().map(codes).collect();
        let full = Err(ErrorCode::CompetitionFull);
        assert_eq!(decided, [[Ok(()), Ok(())], [full, full]]);
        assert_eq!(world.tally(id).await.registered, 2);
    }

    #[tokio::test]
    async fn a_transaction_that_the_database_refuses_changes_no_competition_and_decides_none() {
        let world = World::new().await;
        let participants = world.participants(3).await;
        let ids = competitions(&world, 3).await;
        world.refuse_registrations_of(&participants[1]).await;
        let one_each = ids.iter().zip(participants.chunks(1)).map(|(id, one)| batch(*id, one));
        let batches = process_all(&world, one_each.collect()).await;
        assert!(batches.iter().all(is_undecided), "{batches:?}");
        for id in &ids {
            assert_eq!(world.tally(*id).await.registered, 0);
        }
    }

    #[tokio::test]
    async fn a_request_that_the_database_refuses_fails_no_neighbour_in_its_lane() {
        let world = World::new().await;
        let participants = world.participants(3).await;
        let ids = competitions(&world, 3).await;
        world.refuse_registrations_of(&participants[1]).await;
        let requests = ids.into_iter().zip(&participants).map(|(id, participant)| {
            let (ctx, participant) = (world.ctx.clone(), participant.clone());
            async move { crate::registration::register(&ctx, &participant, id, None).await }
        });
        let decisions = futures::future::join_all(requests).await;
        let [first, refused, last] = &decisions[..] else { panic!("{decisions:?}") };
        for decided in [first, last] {
            assert!(decided.as_ref().is_ok_and(|decision| decision.outcome.is_ok()), "{decided:?}");
        }
        assert!(matches!(refused, Err(Error::Public(error)) if error.code == ErrorCode::Internal));
    }

    #[tokio::test]
    async fn a_locked_row_leaves_its_batch_undecided_without_delaying_the_others() {
        let world = World::new().await;
        // SQLite has one writer at a time.
        if world.ctx.db.is_sqlite() {
            return;
        }
        let participants = world.participants(1).await;
        let ids = competitions(&world, 3).await;
        let tx = world.ctx.db.begin_serializable().await.unwrap();
        competition::Entity::find_by_id(ids[1]).lock_exclusive().one(&*tx).await.unwrap();
        let batches = ids.iter().map(|id| batch(*id, &participants)).collect();
        let decided = process_all(&world, batches).await;
        let undecided: Vec<_> = decided.iter().map(is_undecided).collect();
        assert_eq!(undecided, [false, true, false]);
        // Nobody holds it in Redis: trying again soon would be of no use.
        assert!(!decided[1].is_busy());
        assert_eq!(world.tally(ids[1]).await.registered, 0);
        assert_eq!(world.tally(ids[2]).await.registered, 1);
    }

    #[tokio::test]
    async fn refusals_that_write_nothing_leave_no_row_locked() {
        let world = World::new().await;
        let participants = world.participants(3).await;
        let id = competitions(&world, 1).await[0];
        process_all(&world, vec![batch(id, &participants[..2])]).await;
        for _ in 0..20 {
            let mut decided = process_all(&world, vec![batch(id, &participants[2..])]).await;
            assert_eq!(codes(decided.remove(0)), [Err(ErrorCode::CompetitionFull)]);
        }
    }

    #[tokio::test]
    async fn a_lock_that_the_lane_cannot_skip_leaves_all_batches_undecided() {
        let world = World::new().await;
        // SQLite has one writer at a time.
        if world.ctx.db.is_sqlite() {
            return;
        }
        let participants = world.participants(1).await;
        let ids = competitions(&world, 2).await;
        process_all(&world, vec![batch(ids[0], &participants)]).await;
        let tx = world.ctx.db.begin_serializable().await.unwrap();
        registration::Entity::find().lock_exclusive().all(&*tx).await.unwrap();
        let mut cancellation = Request::to_register(ids[0], &participants[0]);
        cancellation.command = AdmissionCommand::CancelRegistration;
        let batches = vec![Batch::new(ids[0], vec![cancellation]), batch(ids[1], &participants)];
        let undecided = process_all(&world, batches).await;
        assert!(undecided.iter().all(is_undecided), "{undecided:?}");
    }

    #[tokio::test]
    async fn a_key_sent_for_two_competitions_of_a_transaction_is_used_by_the_first() {
        let world = World::new().await;
        let participants = world.participants(1).await;
        let ids = competitions(&world, 2).await;
        let keyed = |id: &CompetitionId| {
            let mut request = Request::to_register(*id, &participants[0]);
            let user: UserId = request.user.id;
            let key = "same".parse().unwrap();
            let key = RequestKey::new(user, key, &request.command.fingerprint(*id));
            // Without the locks on keys: the transaction must be correct without them.
            request.keyed = Some(Keyed { key, lock: KeyLock::unshared() });
            Batch::new(*id, vec![request])
        };
        let ctx = world.process_without_redis().await;
        let batches = super::process_all(ctx, ids.iter().map(keyed).collect()).await;
        let decided: Vec<_> = batches.into_iter().map(|batch| codes(batch.unwrap())).collect();
        assert_eq!(decided, [[Ok(())], [Err(ErrorCode::IdempotencyKeyReused)]]);
    }

    mod with_redis {
        use super::*;

        #[tokio::test]
        async fn a_competition_that_is_locked_in_redis_is_left_undecided_by_its_lane() {
            let world = World::new().await;
            let participants = world.participants(1).await;
            let ids = competitions(&world, 2).await;
            let held = world.ctx.locks.try_acquire(&ids[..1]).await.held.unwrap();
            let batches = || ids.iter().map(|id| batch(*id, &participants)).collect();
            let decided = process_all(&world, batches()).await;
            assert_eq!(decided.iter().map(is_undecided).collect::<Vec<_>>(), [true, false]);
            assert_eq!(decided.iter().map(Batch::is_busy).collect::<Vec<_>>(), [true, false]);
            // None of the competitions is free.
            let decided = process_all(&world, vec![batch(ids[0], &participants)]).await;
            assert!(is_undecided(&decided[0]));
            drop(held);
        }

        #[tokio::test]
        async fn a_request_with_a_key_waits_for_a_competition_that_is_locked_in_redis() {
            let world = World::new().await;
            let participants = world.participants(1).await;
            let ids = competitions(&world, 1).await;
            let held = world.ctx.locks.try_acquire(&ids).await.held.unwrap();
            let release = async {
                tokio::time::sleep(Duration::from_millis(100)).await;
                drop(held);
            };
            let key = Some("once".parse().unwrap());
            let registering =
                crate::registration::register(&world.ctx, &participants[0], ids[0], key);
            let (decision, ()) = tokio::join!(registering, release);
            // It does not mistake its own lock on the key for that of another request.
            decision.unwrap().outcome.unwrap();
        }
    }
}
