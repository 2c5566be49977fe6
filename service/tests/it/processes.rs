//! Several processes on one database, with Redis and without.

use domain::ErrorCode;
use service::{Context, competitions, events::SeatsWatch, testing::World};

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
    let mut watch = competitions::watch_seats(listener, sprint).await.unwrap();
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
    use super::*;

    #[tokio::test]
    async fn other_processes_receive_events() {
        let world = World::new().await;
        let other = world.second_process().await;
        change_seats(&world, &world.ctx, &other).await;
    }
}
