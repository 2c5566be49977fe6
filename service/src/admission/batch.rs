//! Carrying a batch out: the lock, the transaction, and what follows when it meets a conflict or a poisoned request.

use domain::{CompetitionId, PublicError};
use futures::future::BoxFuture;
use tokio::sync::SemaphorePermit;

use super::{
    ledger::Ledger,
    request::{Answer, Request},
    store,
};
use crate::{
    Context, Error, Result, competitions,
    db::{WriteTx, retry},
    events::Event,
    failpoint,
    idempotency::{self, Kept},
    jobs,
    locks::Lock,
};

/// What one attempt has decided about a request.
struct Decision {
    answer: Answer,
    /// To be kept in front of the log, once it is committed.
    kept: Option<Kept>,
}

/// A transaction that has locked its competition and read nothing yet, and the lock that keeps
/// other processes from beginning one.
struct Begun<'a> {
    /// Held to the end.
    _turn: Option<SemaphorePermit<'a>>,
    _lock: Option<Lock>,
    tx: WriteTx<'a>,
}

/// A turn among the batches of this process; the lock in Redis, so that few wait for the row; then
/// the transaction, which begins with the row's lock: what it decides on is read after that, and is
/// as the one before has left it whatever the isolation.
async fn begin(ctx: &Context, competition: CompetitionId) -> Result<Begun<'_>> {
    let turn = ctx.admissions.turn().await?;
    let lock = ctx.locks.acquire(competition).await;
    let tx = ctx.db.begin_serializable_with_lock(&store::lock(competition)).await?;
    Ok(Begun { _turn: turn, _lock: lock, tx })
}

/// Answers a batch, request by request.
pub(super) async fn carry_out(
    ctx: Context,
    competition: CompetitionId,
    mut requests: Vec<Request>,
) -> Vec<Result<Answer>> {
    let keys: Vec<_> = requests
        .iter_mut()
        .filter_map(|request| request.keyed.as_mut())
        .map(|keyed| (&keyed.scope, &mut keyed.claim))
        .collect();
    // What other processes have answered is asked for while the transaction begins.
    let (known, begun) =
        tokio::join!(idempotency::look_up_elsewhere(&ctx, keys), begin(&ctx, competition));
    let mut known = known.into_iter();
    let known = requests.iter().map(|request| match &request.keyed {
        Some(_) => known.next().unwrap_or(Ok(None)),
        None => Ok(None),
    });
    let known: Vec<Result<Option<_>>> = known.collect();

    let open: Vec<&Request> = requests
        .iter()
        .zip(&known)
        .filter(|(_, known)| matches!(known, Ok(None)))
        .map(|(request, _)| request)
        .collect();
    let mut decisions = decide(&ctx, competition, &open, Some(begun)).await.into_iter();
    failpoint::reach("before_cache_fill");

    let (mut answers, mut kept_answers) = (Vec::with_capacity(requests.len()), Vec::new());
    for (request, known) in requests.iter_mut().zip(known) {
        let answer = match known {
            Ok(Some(outcome)) => Ok(Answer { outcome, replayed: true }),
            Err(error) => Err(error),
            Ok(None) => match decisions.next().unwrap_or(Err(Error::Interrupted)) {
                Ok(Decision { answer, kept }) => {
                    if let (Some(keyed), Some(kept)) = (&mut request.keyed, kept) {
                        kept_answers.push((keyed.scope.clone(), kept));
                        keyed.claim.settle();
                    }
                    Ok(answer)
                }
                Err(error) => Err(error),
            },
        };
        answers.push(answer);
    }
    ctx.answers.fill(ctx.now(), kept_answers);
    answers
}

/// Decides all of them in one transaction; when the database refuses that for a reason that would not go away, each
/// half in its own, until only the request that it refuses fails.
fn decide<'a>(
    ctx: &'a Context,
    competition: CompetitionId,
    requests: &'a [&'a Request],
    mut begun: Option<Result<Begun<'a>>>,
) -> BoxFuture<'a, Vec<Result<Decision>>> {
    Box::pin(async move {
        if requests.is_empty() {
            return Vec::new();
        }
        let attempt = || {
            let begun = begun.take();
            async move {
                let begun = match begun {
                    Some(begun) => begun?,
                    None => begin(ctx, competition).await?,
                };
                attempt(ctx, competition, requests, begun).await
            }
        };
        match retry(attempt).await {
            Ok(decisions) => decisions,
            Err(error) if error.is_deterministic() && requests.len() > 1 => {
                tracing::warn!(
                    competition.id = %competition,
                    batch.size = requests.len(),
                    error = &error as &dyn std::error::Error,
                    "a batch was refused, its halves are tried"
                );
                let (first, second) = requests.split_at(requests.len() / 2);
                let mut decisions = decide(ctx, competition, first, None).await;
                decisions.extend(decide(ctx, competition, second, None).await);
                decisions
            }
            Err(error) => {
                if !matches!(error, Error::Public(_)) {
                    let error = &error as &dyn std::error::Error;
                    tracing::error!(competition.id = %competition, error, "a batch failed");
                }
                let failure = PublicError::from(error);
                requests.iter().map(|_| Err(failure.clone().into())).collect()
            }
        }
    })
}

/// One attempt. Nothing of it stays unless all of it does: seats, registrations, the jobs that confirm them and the
/// answers to the keys commit together.
async fn attempt(
    ctx: &Context,
    id: CompetitionId,
    requests: &[&Request],
    Begun { _turn, _lock, tx }: Begun<'_>,
) -> Result<Vec<Result<Decision>>> {
    let now = ctx.now();
    let Some(known) = store::read(&*tx, id, requests).await? else {
        let not_found = |_: &&Request| Err(competitions::not_found().into());
        return Ok(requests.iter().map(not_found).collect());
    };
    let mut answers = known.answers;
    let mut ledger = Ledger::new(now, known.competition, known.seats, known.tags);
    let (mut decisions, mut logs) = (Vec::with_capacity(requests.len()), Vec::new());
    for request in requests {
        let scope = request.keyed.as_ref().map(|keyed| &keyed.scope);
        let earlier = scope.and_then(|scope| answers.get(&scope.id()));
        if let (Some(scope), Some(kept)) = (scope, earlier) {
            let answer = scope.read(kept).map(|outcome| Answer { outcome, replayed: true });
            decisions.push(answer.map(|answer| Decision { answer, kept: Some(kept.clone()) }));
            continue;
        }
        let decision = ledger.decide(request).and_then(|outcome| {
            let status = outcome.as_ref().map_or_else(|no| no.code.status(), |yes| yes.status());
            // Some refusals are about who asks or what there is, and are not kept.
            let scope = scope.filter(|_| status != 404);
            let kept = scope.map(|scope| scope.keep(&outcome)).transpose()?;
            if let (Some(scope), Some(kept)) = (scope, &kept) {
                logs.push(scope.row(status, kept.clone(), now));
                answers.insert(scope.id(), kept.clone());
            }
            Ok(Decision { answer: Answer { outcome, replayed: false }, kept })
        });
        decisions.push(decision);
    }
    let changes = ledger.changes();
    if logs.is_empty() && changes.is_none() {
        return Ok(decisions);
    }
    let event = changes.competition.as_ref().map(|(before, after)| {
        // Writing raises the version by one.
        Event::seats_of(after, before.version + 1)
    });
    let jobs = jobs::rows(now, changes.jobs.iter().cloned())?;
    let tickets = jobs.iter().map(jobs::Ticket::from).collect();
    store::write(&*tx, logs, jobs, changes).await?;
    failpoint::reach("before_commit");
    tx.commit().await?;
    failpoint::reach("after_commit");
    jobs::announce(ctx, tickets);
    if let Some(event) = event {
        ctx.events.publish(event);
    }
    Ok(decisions)
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, time::Duration};

    use domain::ErrorCode;
    use sea_orm::{EntityTrait, QuerySelect, sea_query::Expr};
    use tokio::time::timeout;

    use super::{
        super::{ledger::Changes, request::Wish},
        *,
    };
    use crate::{
        Actor,
        entity::{competition, registration},
        registration::register,
        testing::World,
    };

    async fn read(world: &World, id: CompetitionId) -> competition::Model {
        let found = competition::Entity::find_by_id(id.0).one(world.ctx.db.connection()).await;
        found.unwrap().unwrap()
    }

    async fn try_take_seat(world: &World, as_read: &competition::Model) -> Result<()> {
        let taken = competition::Model { registered: as_read.registered + 1, ..as_read.clone() };
        let changes = Changes { competition: Some((as_read.clone(), taken)), ..Changes::default() };
        let tx = world.ctx.db.begin_serializable().await?;
        store::write(&*tx, Vec::new(), Vec::new(), changes).await?;
        tx.commit().await
    }

    #[tokio::test]
    async fn a_seat_is_taken_only_if_nothing_has_changed_since_the_competition_was_read() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(9).create().await;
        let stale = read(&world, id).await;
        let grace = world.participant("Grace").await;
        register(&world.ctx, &grace, id, None).await.unwrap().outcome.unwrap();
        assert!(matches!(try_take_seat(&world, &stale).await, Err(Error::Conflict)));
        let fresh = read(&world, id).await;
        try_take_seat(&world, &fresh).await.unwrap();
        let now = read(&world, id).await;
        assert_eq!((now.registered, now.version, now.revision), (2, 3, 1));
    }

    #[tokio::test]
    async fn the_last_seat_is_the_last_even_for_a_reader_that_knows_no_better() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(1).create().await;
        try_take_seat(&world, &read(&world, id).await).await.unwrap();
        let full = read(&world, id).await;
        assert!(matches!(try_take_seat(&world, &full).await, Err(Error::Conflict)));
    }

    #[tokio::test]
    async fn nobody_decides_about_a_competition_while_somebody_else_does() {
        let world = World::new().await;
        let other = world.second_process().await;
        let ada = world.organizer("Ada").await;
        let [grace, alan] = [world.participant("Grace").await, world.participant("Alan").await];
        let id = world.competition(&ada).seats(1).create().await;
        register(&world.ctx, &grace, id, None).await.unwrap().outcome.unwrap();

        let tx = world.ctx.db.begin_serializable().await.unwrap();
        competition::Entity::find_by_id(id.0).lock_exclusive().one(&*tx).await.unwrap();
        // It would find that the competition is full, which may not be true in a moment.
        let mut waiting = pin!(register(&other, &alan, id, None));
        let a_while = Duration::from_millis(100);
        assert!(timeout(a_while, &mut waiting).await.is_err(), "it did not wait");
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
    async fn a_lock_that_holds_many_competitions_up_leaves_connections_for_everything_else() {
        let world = World::new().await;
        let process = world.process_with(4).await;
        let ada = world.organizer("Ada").await;
        let (crowd, mut ids) = (world.crowd(6).await, Vec::new());
        for _ in &crowd {
            ids.push(world.competition(&ada).seats(1).create().await);
        }
        let hold = world.hold_writes().await;
        let asked = crowd.iter().zip(&ids).map(|(guest, id)| {
            let (process, guest, id) = (process.clone(), guest.clone(), *id);
            tokio::spawn(async move { register(&process, &guest, id, None).await })
        });
        let asked: Vec<_> = asked.collect();
        // Long enough for each to come as far as it can.
        tokio::time::sleep(Duration::from_millis(300)).await;
        let seats = timeout(Duration::from_secs(1), competitions::seats(&process, ids[0])).await;
        assert_eq!(seats.expect("a free connection").unwrap().seats_left, 1);
        hold.release().await;
        for answer in asked {
            answer.await.unwrap().unwrap().outcome.unwrap();
        }
    }

    fn request(actor: &Actor) -> Request {
        Request { user: actor.user().unwrap().clone(), wish: Wish::Register, keyed: None }
    }

    #[tokio::test]
    async fn a_request_that_the_database_refuses_takes_none_of_its_batch_along() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(100).create().await;
        let crowd = world.crowd(33).await;
        world.refuse_registrations_of(&crowd[20]).await;
        let requests = crowd.iter().map(request).collect();
        let answers = carry_out(world.ctx.clone(), id, requests).await;
        for (number, answer) in answers.into_iter().enumerate() {
            match answer {
                Ok(answer) => {
                    assert!(number != 20 && answer.outcome.is_ok(), "{number}: {answer:?}")
                }
                Err(error) => {
                    assert_eq!(number, 20);
                    assert_eq!(PublicError::from(error).code, ErrorCode::Internal);
                }
            }
        }
        let tally = world.tally(id).await;
        assert_eq!((tally.registered, tally.seats_held, tally.confirmation_jobs), (32, 32, 32));
    }

    #[tokio::test]
    async fn a_batch_is_one_transaction_and_decides_in_the_order_of_arrival() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(2).create().await;
        let [a, b, c] = &world.crowd(3).await[..] else { panic!("three guests") };
        let requests = [a, b, a, c].map(request).into();
        let answers = carry_out(world.ctx.clone(), id, requests).await;
        let codes: Vec<_> = answers
            .into_iter()
            .map(|answer| answer.unwrap().outcome.map(drop).map_err(|refusal| refusal.code))
            .collect();
        let (twice, full) = (ErrorCode::AlreadyRegistered, ErrorCode::CompetitionFull);
        assert_eq!(codes, [Ok(()), Ok(()), Err(twice), Err(full)]);
        assert_eq!(read(&world, id).await.version, 2, "the competition has changed once");
    }
}
