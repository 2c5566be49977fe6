//! Processing a batch: the locks, the transaction, and how conflicts and poisoned requests are
//! handled.

use std::time::Instant;

use domain::{CompetitionId, PublicError};
use futures::future::BoxFuture;
use tracing::Instrument;

use super::{
    batch_span::batch_span,
    command::Request,
    decision::{Decision, Effect},
    ledger::Ledger,
    locked_transaction::LockedTransaction,
    store,
};
use crate::{
    Context, Error, Result,
    events::Event,
    idempotency::{self, StoredResponse},
    infrastructure::{db::retry, failpoint},
    jobs,
    metrics::ADMISSION,
};

/// The decision on a request, and the response to cache once it is committed.
struct DecisionToCache {
    decision: Decision<Effect>,
    stored: Option<StoredResponse>,
}

/// Decides the requests of a batch in the order of arrival. Returns one decision each, in the same
/// order.
pub(super) async fn process_batch(
    ctx: Context,
    competition: CompetitionId,
    requests: Vec<Request>,
) -> Vec<Result<Decision<Effect>>> {
    let span = batch_span(competition, &requests);
    ADMISSION.batch_begins(requests.iter().map(|request| request.since.elapsed()));
    let began = Instant::now();
    let decisions = process(ctx, competition, requests).instrument(span).await;
    ADMISSION.batch_ends(began.elapsed());
    decisions
}

async fn process(
    ctx: Context,
    competition: CompetitionId,
    mut requests: Vec<Request>,
) -> Vec<Result<Decision<Effect>>> {
    let keys: Vec<_> = requests
        .iter_mut()
        .filter_map(|request| request.keyed.as_mut())
        .map(|keyed| (&keyed.key, &mut keyed.lock))
        .collect();
    // Responses of other processes are looked up while the transaction begins.
    let (replays, transaction) = tokio::join!(
        idempotency::look_up_or_lock_in_redis(&ctx, keys),
        LockedTransaction::begin(&ctx, competition)
    );
    let mut replays = replays.into_iter();
    let replays = requests.iter().map(|request| match &request.keyed {
        Some(_) => replays.next().unwrap_or(Ok(None)),
        None => Ok(None),
    });
    let replays: Vec<Result<Option<_>>> = replays.collect();

    let open: Vec<&Request> = requests
        .iter()
        .zip(&replays)
        .filter(|(_, replay)| matches!(replay, Ok(None)))
        .map(|(request, _)| request)
        .collect();
    let decided = decide_or_split(&ctx, competition, &open, Some(transaction)).await;
    failpoint::reach("before_cache_fill");

    let mut decided = decided.into_iter();
    let (mut decisions, mut responses) = (Vec::with_capacity(requests.len()), Vec::new());
    for (request, replay) in requests.iter_mut().zip(replays) {
        let decision = match replay {
            Ok(Some(outcome)) => Ok(Decision { outcome, replayed: true }),
            Err(error) => Err(error),
            Ok(None) => match decided.next().unwrap_or(Err(Error::Interrupted)) {
                Ok(DecisionToCache { decision, stored }) => {
                    if let (Some(keyed), Some(stored)) = (&mut request.keyed, stored) {
                        responses.push((keyed.key.clone(), stored));
                        keyed.lock.leave_in_redis();
                    }
                    Ok(decision)
                }
                Err(error) => Err(error),
            },
        };
        decisions.push(decision);
    }
    ctx.idempotency_cache.insert(ctx.now(), responses);
    decisions
}

/// Decides all requests in one transaction. When the database refuses it for a reason that a retry
/// would not change, decides each half on its own, until only the request at fault fails.
fn decide_or_split<'a>(
    ctx: &'a Context,
    competition: CompetitionId,
    requests: &'a [&'a Request],
    mut transaction: Option<Result<LockedTransaction<'a>>>,
) -> BoxFuture<'a, Vec<Result<DecisionToCache>>> {
    Box::pin(async move {
        if requests.is_empty() {
            return Vec::new();
        }
        let attempt = || {
            let transaction = transaction.take();
            async move {
                let transaction = match transaction {
                    Some(transaction) => transaction?,
                    None => LockedTransaction::begin(ctx, competition).await?,
                };
                decide(ctx, competition, requests, transaction).await
            }
        };
        match retry(attempt).await {
            Ok(decided) => decided,
            Err(error) if error.is_deterministic() && requests.len() > 1 => {
                tracing::warn!(
                    refused = requests.len(),
                    error = &error as &dyn std::error::Error,
                    "the database refused a batch; trying each half"
                );
                ADMISSION.splits.increment(1);
                let (first, second) = requests.split_at(requests.len() / 2);
                let mut decided = decide_or_split(ctx, competition, first, None).await;
                decided.extend(decide_or_split(ctx, competition, second, None).await);
                decided
            }
            Err(error) => {
                if !matches!(error, Error::Public(_)) {
                    let error = &error as &dyn std::error::Error;
                    let ids: Vec<_> =
                        requests.iter().filter_map(|request| request.cause.request_id()).collect();
                    let request_ids = ids.join(" ");
                    tracing::error!(request.ids = request_ids, error, "a batch failed");
                }
                let failure = PublicError::from(error);
                requests.iter().map(|_| Err(failure.clone().into())).collect()
            }
        }
    })
}

/// Decides all requests in one transaction, which writes the competition, the registrations, the
/// jobs that confirm them and the idempotency records, or nothing.
async fn decide(
    ctx: &Context,
    id: CompetitionId,
    requests: &[&Request],
    LockedTransaction { _permit, _lock, tx }: LockedTransaction<'_>,
) -> Result<Vec<Result<DecisionToCache>>> {
    let now = ctx.now();
    let Some(snapshot) = store::read(&*tx, id, requests).await? else {
        let not_found = |_: &&Request| Err(PublicError::competition_not_found().into());
        return Ok(requests.iter().map(not_found).collect());
    };
    let mut responses = snapshot.responses;
    let mut ledger = Ledger::new(now, snapshot.competition, snapshot.registrations, snapshot.tags);
    let (mut decided, mut records) = (Vec::with_capacity(requests.len()), Vec::new());
    for request in requests {
        let key = request.keyed.as_ref().map(|keyed| &keyed.key);
        if let Some(key) = key
            && let Some(stored) = responses.get(&key.id())
        {
            let replay = key.decode(stored).map(|outcome| DecisionToCache {
                decision: Decision { outcome, replayed: true },
                stored: Some(stored.clone()),
            });
            decided.push(replay);
            continue;
        }
        let decision = ledger.decide(request).and_then(|verdict| {
            let key = key.filter(|_| verdict.is_stored());
            let outcome = verdict.into_outcome();
            let stored = key.map(|key| key.encode(&outcome)).transpose()?;
            if let (Some(key), Some(stored)) = (key, &stored) {
                records.push(key.record(stored.clone(), now));
                responses.insert(key.id(), stored.clone());
            }
            Ok(DecisionToCache { decision: Decision { outcome, replayed: false }, stored })
        });
        decided.push(decision);
    }
    let changes = ledger.into_changes();
    if records.is_empty() && changes.is_empty() {
        return Ok(decided);
    }
    let event = changes.competition.as_ref().map(|(before, after)| {
        // The compare-and-set increments the version.
        Event::seats_of(after, before.version + 1)
    });
    let jobs = jobs::rows(now, changes.jobs.iter().cloned());
    let tickets = jobs.iter().map(|row| jobs::Ticket::of(ctx, row)).collect();
    store::write(&*tx, records, jobs, changes).await?;
    failpoint::reach("before_commit");
    tx.commit().await?;
    failpoint::reach("after_commit");
    jobs::push_tickets(ctx, tickets);
    if let Some(event) = event {
        ctx.events.publish(event);
    }
    Ok(decided)
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, time::Duration};

    use domain::ErrorCode;
    use sea_orm::{EntityTrait, QuerySelect, sea_query::Expr};
    use tokio::time::timeout;

    use super::{
        super::{changes::Changes, command::AdmissionCommand},
        *,
    };
    use crate::{
        Actor, Cause, competitions,
        entity::{competition, registration},
        registration::register,
        testing::World,
    };

    async fn read(world: &World, id: CompetitionId) -> competition::Model {
        let found = competition::Entity::find_by_id(id).one(world.ctx.db.connection()).await;
        found.unwrap().unwrap()
    }

    async fn try_register_one(world: &World, as_read: &competition::Model) -> Result<()> {
        let taken = competition::Model { registered: as_read.registered + 1, ..as_read.clone() };
        let changes = Changes { competition: Some((as_read.clone(), taken)), ..Changes::default() };
        let tx = world.ctx.db.begin_serializable().await?;
        store::write(&*tx, Vec::new(), Vec::new(), changes).await?;
        tx.commit().await
    }

    #[tokio::test]
    async fn a_batch_conflicts_when_the_competition_has_changed_since_it_was_read() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(9).create().await;
        let stale = read(&world, id).await;
        let grace = world.participant("Grace").await;
        register(&world.ctx, &grace, id, None).await.unwrap().outcome.unwrap();
        assert!(matches!(try_register_one(&world, &stale).await, Err(Error::Conflict)));
        let fresh = read(&world, id).await;
        try_register_one(&world, &fresh).await.unwrap();
        let now = read(&world, id).await;
        assert_eq!((now.registered, now.version, now.revision), (2, 3, 1));
    }

    #[tokio::test]
    async fn the_compare_and_set_sells_no_seat_beyond_the_capacity() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(1).create().await;
        try_register_one(&world, &read(&world, id).await).await.unwrap();
        let full = read(&world, id).await;
        assert!(matches!(try_register_one(&world, &full).await, Err(Error::Conflict)));
    }

    #[tokio::test]
    async fn a_batch_waits_for_the_row_lock_of_another_process() {
        let world = World::new().await;
        let other = world.second_process().await;
        let ada = world.organizer("Ada").await;
        let [grace, alan] = [world.participant("Grace").await, world.participant("Alan").await];
        let id = world.competition(&ada).seats(1).create().await;
        register(&world.ctx, &grace, id, None).await.unwrap().outcome.unwrap();

        let tx = world.ctx.db.begin_serializable().await.unwrap();
        competition::Entity::find_by_id(id).lock_exclusive().one(&*tx).await.unwrap();
        // Without the lock it would find the competition full, which is not true after the commit.
        let mut waiting = pin!(register(&other, &alan, id, None));
        let a_while = Duration::from_millis(100);
        assert!(
            timeout(a_while, &mut waiting).await.is_err(),
            "the batch did not wait for the lock"
        );
        registration::Entity::delete_many().exec(&*tx).await.unwrap();
        competition::Entity::update_many()
            .col_expr(competition::Column::Registered, Expr::value(0))
            .exec(&*tx)
            .await
            .unwrap();
        tx.commit().await.unwrap();
        waiting.await.unwrap().outcome.unwrap();
    }

    #[tokio::test]
    async fn batches_that_wait_for_locks_leave_connections_for_other_requests() {
        let world = World::new().await;
        let process = world.process_with(4).await;
        let ada = world.organizer("Ada").await;
        let (participants, mut ids) = (world.participants(6).await, Vec::new());
        for _ in &participants {
            ids.push(world.competition(&ada).seats(1).create().await);
        }
        let hold = world.hold_writes().await;
        let requests = participants.iter().zip(&ids).map(|(participant, id)| {
            let (process, participant, id) = (process.clone(), participant.clone(), *id);
            tokio::spawn(async move { register(&process, &participant, id, None).await })
        });
        let requests: Vec<_> = requests.collect();
        // Long enough for each batch to reach its lock.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let seats = timeout(Duration::from_secs(1), competitions::seats(&process, ids[0])).await;
        assert_eq!(seats.expect("a free connection").unwrap().seats_left, 1);
        hold.release().await;
        for request in requests {
            request.await.unwrap().unwrap().outcome.unwrap();
        }
    }

    fn request(actor: &Actor) -> Request {
        Request {
            user: actor.user().unwrap().clone(),
            command: AdmissionCommand::Register,
            keyed: None,
            cause: Cause::default(),
            since: Instant::now(),
        }
    }

    #[tokio::test]
    async fn a_request_that_the_database_refuses_fails_alone() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(100).create().await;
        let participants = world.participants(33).await;
        world.refuse_registrations_of(&participants[20]).await;
        let requests = participants.iter().map(request).collect();
        let decisions = process_batch(world.ctx.clone(), id, requests).await;
        for (number, decision) in decisions.into_iter().enumerate() {
            match decision {
                Ok(decision) => {
                    assert!(number != 20 && decision.outcome.is_ok(), "{number}: {decision:?}")
                }
                Err(error) => {
                    assert_eq!(number, 20);
                    assert_eq!(PublicError::from(error).code, ErrorCode::Internal);
                }
            }
        }
        let tally = world.tally(id).await;
        assert_eq!((tally.registered, tally.seats_taken, tally.confirmation_jobs), (32, 32, 32));
    }

    #[tokio::test]
    async fn a_batch_is_one_transaction_and_decides_in_the_order_of_arrival() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(2).create().await;
        let [a, b, c] = &world.participants(3).await[..] else { panic!("three participants") };
        let requests = [a, b, a, c].map(request).into();
        let decisions = process_batch(world.ctx.clone(), id, requests).await;
        let codes: Vec<_> = decisions
            .into_iter()
            .map(|decision| decision.unwrap().outcome.map(drop).map_err(|refusal| refusal.code))
            .collect();
        let (twice, full) = (ErrorCode::AlreadyRegistered, ErrorCode::CompetitionFull);
        assert_eq!(codes, [Ok(()), Ok(()), Err(twice), Err(full)]);
        assert_eq!(read(&world, id).await.version, 2, "the version was incremented more than once");
    }
}
