//! Several processes on one database, with Redis and without.

use domain::{CompetitionId, ErrorCode};
use service::{Actor, Context, competitions, events::SeatsWatch, testing::World};

use crate::support::{at_once, cancel_registration, count, register, register_with_key};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn processes_without_redis_oversell_nothing_and_refuse_nobody() {
    let world = World::new().await;
    let others = [world.process_without_redis().await, world.process_without_redis().await];
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(50).create().await;
    let participants = world.participants(120).await;
    let outcomes = at_once(participants.iter().enumerate().map(|(number, participant)| {
        let (ctx, participant, key) =
            (others[number % 2].clone(), participant.clone(), format!("k{number}"));
        async move {
            let answer = register_with_key(&ctx, &participant, sprint, &key).await.unwrap();
            answer.outcome.map(drop).map_err(|refusal| refusal.code)
        }
    }))
    .await;
    assert_eq!(count(&outcomes, &Ok(())), 50);
    assert_eq!(count(&outcomes, &Err(ErrorCode::CompetitionFull)), 70, "{outcomes:?}");
    let tally = world.tally(sprint).await;
    assert_eq!((tally.registered, tally.seats_taken, tally.confirmation_jobs), (50, 50, 50));
    let again = register_with_key(&world.ctx, &participants[0], sprint, "k0").await.unwrap();
    assert!(again.replayed, "the log knows what no cache does");
}

/// The seats left in the next state.
async fn next(watch: &mut SeatsWatch) -> u32 {
    watch.next().await.unwrap().seats_left
}

async fn change_seats(world: &World, ctx: &Context, listener: &Context) {
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).seats(5).create().await;
    let mut watch = competitions::watch_seats(listener, &Actor::anonymous(), sprint).await.unwrap();
    assert_eq!(next(&mut watch).await, 5);
    // The first subscription of a process takes a moment to reach Redis.
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    register(ctx, &grace, sprint).await.unwrap();
    assert_eq!(next(&mut watch).await, 4);
    cancel_registration(ctx, &grace, sprint).await.unwrap();
    assert_eq!(next(&mut watch).await, 5);
}

#[tokio::test]
async fn a_watcher_receives_registrations_and_cancellations() {
    let world = World::new().await;
    change_seats(&world, &world.ctx, &world.ctx).await;
}

mod with_redis {
    use std::time::Duration;

    use service::{ClientAddress, accounts, testing::PASSWORD};
    use tokio::time::{sleep, timeout};

    use super::*;

    /// Waits until `ctx` counts more events of each competition than `before`.
    async fn more_events(ctx: &Context, ids: [CompetitionId; 2], before: [u64; 2]) -> [u64; 2] {
        let count = || ids.map(|id| ctx.event_count(Some(id)));
        let all_counted = async {
            while count().iter().zip(before).any(|(count, before)| *count <= before) {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(Duration::from_secs(10), all_counted).await.expect("an event of each");
        count()
    }

    #[tokio::test]
    async fn other_processes_count_a_new_subscription_and_every_change_of_a_transaction() {
        let world = World::new().await;
        let other = world.second_process().await;
        let ada = world.organizer("Ada").await;
        let grace = world.participant("Grace").await;
        let ids = [world.competition(&ada).create().await, world.competition(&ada).create().await];
        // Deleting the organizer's account cancels a competition that had a registration.
        let quiet = world.process_without_redis().await;
        for id in ids {
            register(&quiet, &grace, id).await.unwrap();
            cancel_registration(&quiet, &grace, id).await.unwrap();
        }
        other.subscribe_to_events();
        let subscribed = more_events(&other, ids, [0, 0]).await;
        let password = PASSWORD.to_owned();
        accounts::delete(&world.ctx, &ada, password, ClientAddress::UNKNOWN).await.unwrap();
        more_events(&other, ids, subscribed).await;
    }

    #[tokio::test]
    async fn other_processes_receive_events() {
        let world = World::new().await;
        let other = world.second_process().await;
        change_seats(&world, &world.ctx, &other).await;
    }
}
