//! The way of a batch: through its lane, or on its own.

use std::{ops::RangeInclusive, time::Duration};

use domain::{CompetitionId, PublicError};
use tokio::time::{Instant, sleep};

use super::{
    alone,
    batch::Batch,
    command::Request,
    decision::{Decision, Effect},
    lane,
};
use crate::{Context, Error, Result};

/// How long a batch waits for another process to release its competition, before it continues on
/// its own.
const MAX_WAIT: Duration = Duration::from_millis(500);
/// Milliseconds between two tries, with jitter, so that two processes do not stay in step.
const RETRY_MS: RangeInclusive<u64> = 2..=10;

/// Decides the requests of a batch: together with other batches of its lane, or, when its
/// competition stays locked elsewhere or the database refuses one of them, on its own. Returns one
/// decision each, in the same order.
pub(super) async fn process_batch(
    ctx: Context,
    competition: CompetitionId,
    requests: Vec<Request>,
) -> Vec<Result<Decision<Effect>>> {
    let count = requests.len();
    match process(&ctx, Batch::new(competition, requests)).await {
        Ok(batch) => batch.into_decisions(),
        // The transaction of the lane panicked, before or after its COMMIT.
        Err(Error::Interrupted) => (0..count).map(|_| Err(Error::Interrupted)).collect(),
        Err(error) => {
            let failure = PublicError::from(error);
            (0..count).map(|_| Err(failure.clone().into())).collect()
        }
    }
}

async fn process(ctx: &Context, mut batch: Batch) -> Result<Batch> {
    let deadline = Instant::now() + MAX_WAIT;
    loop {
        batch = lane::process(ctx, batch).await?;
        if batch.undecided().next().is_none() {
            return Ok(batch);
        }
        if !batch.is_busy() || Instant::now() >= deadline {
            alone::process(ctx, &mut batch).await;
            return Ok(batch);
        }
        sleep(Duration::from_millis(fastrand::u64(RETRY_MS))).await;
    }
}

#[cfg(test)]
mod tests {
    use std::{pin::pin, time::Duration};

    use domain::{ErrorCode, NewRegistration};
    use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr};
    use tokio::{task::JoinHandle, time::timeout};

    use super::*;
    use crate::{
        Actor, competitions,
        entity::{competition, registration},
        registration::register,
        testing::World,
    };

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

    /// Registers each participant for the competition at the same position, and gives every batch
    /// the time to reach its lock.
    async fn wait_for_locks(
        process: &Context,
        participants: &[Actor],
        ids: &[CompetitionId],
    ) -> Vec<JoinHandle<Result<Decision<NewRegistration>>>> {
        let requests = participants.iter().zip(ids).map(|(participant, id)| {
            let (process, participant, id) = (process.clone(), participant.clone(), *id);
            tokio::spawn(async move { register(&process, &participant, id, None).await })
        });
        let requests = requests.collect();
        sleep(Duration::from_millis(300)).await;
        requests
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
        let requests = wait_for_locks(&process, &participants, &ids).await;
        let seats = timeout(
            Duration::from_secs(1),
            competitions::seats(&process, &Actor::anonymous(), ids[0]),
        )
        .await;
        assert_eq!(seats.expect("a free connection").unwrap().seats_left, 1);
        hold.release().await;
        for request in requests {
            request.await.unwrap().unwrap().outcome.unwrap();
        }
    }

    #[tokio::test]
    async fn batches_that_wait_for_rows_leave_connections_for_the_lane_and_for_reads() {
        let world = World::new().await;
        // SQLite has no row locks.
        if world.ctx.db.is_sqlite() {
            return;
        }
        let process = world.process_with(4).await;
        let ada = world.organizer("Ada").await;
        let (participants, mut ids) = (world.participants(6).await, Vec::new());
        for _ in &participants {
            ids.push(world.competition(&ada).seats(1).create().await);
        }
        let free = world.competition(&ada).seats(1).create().await;
        let tx = world.ctx.db.begin_serializable().await.unwrap();
        let held = competition::Entity::find()
            .filter(competition::Column::Id.is_in(ids.iter().copied()))
            .lock_exclusive();
        assert_eq!(held.all(&*tx).await.unwrap().len(), 6);
        let requests = wait_for_locks(&process, &participants, &ids).await;
        let a_while = Duration::from_secs(1);
        let neighbour = timeout(a_while, register(&process, &participants[0], free, None)).await;
        assert!(neighbour.expect("a permit of the lane").unwrap().outcome.is_ok());
        let seats =
            timeout(a_while, competitions::seats(&process, &Actor::anonymous(), ids[0])).await;
        assert_eq!(seats.expect("a free connection").unwrap().seats_left, 1);
        tx.rollback().await;
        for request in requests {
            request.await.unwrap().unwrap().outcome.unwrap();
        }
    }

    #[tokio::test]
    async fn a_request_that_the_database_refuses_fails_alone() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let id = world.competition(&ada).seats(100).create().await;
        let participants = world.participants(33).await;
        world.refuse_registrations_of(&participants[20]).await;
        let requests =
            participants.iter().map(|participant| Request::to_register(id, participant)).collect();
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
        let requests = [a, b, a, c].map(|participant| Request::to_register(id, participant)).into();
        let decisions = process_batch(world.ctx.clone(), id, requests).await;
        let codes: Vec<_> = decisions
            .into_iter()
            .map(|decision| decision.unwrap().outcome.map(drop).map_err(|refusal| refusal.code))
            .collect();
        let (twice, full) = (ErrorCode::AlreadyRegistered, ErrorCode::CompetitionFull);
        assert_eq!(codes, [Ok(()), Ok(()), Err(twice), Err(full)]);
        let competition = competition::Entity::find_by_id(id).one(world.ctx.db.connection()).await;
        assert_eq!(
            competition.unwrap().unwrap().version,
            2,
            "the version was incremented more than once"
        );
    }
}
