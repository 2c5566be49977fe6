//! Admission is correct at any isolation level, because it reads after it has locked the row of the
//! competition.

use std::time::Duration;

use domain::CompetitionId;
use service::{Actor, Context, testing::World};
use tokio::time::sleep;

use crate::support::{at_once, cancel_registration, register, register_with_key};

/// Long enough for requests to reach the lock that the test holds.
const A_WHILE: Duration = Duration::from_millis(300);

async fn check(world: &World, id: CompetitionId, held: u64) {
    let tally = world.tally(id).await;
    assert_eq!((tally.registered, tally.seats_taken), (held, held));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_cancellations_by_one_user_free_one_seat_under_read_committed() {
    let world = World::new().await;
    let processes = [world.read_committed_process().await, world.read_committed_process().await];
    let ada = world.organizer("Ada").await;
    let [grace, alan] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).seats(2).create().await;
    for participant in [grace, alan] {
        register(&world.ctx, participant, sprint).await.unwrap();
    }
    let hold = world.hold(sprint).await;
    let cancelling = at_once(processes.iter().map(|ctx| {
        let (ctx, grace) = (ctx.clone(), grace.clone());
        async move { cancel_registration(&ctx, &grace, sprint).await }
    }));
    let release = async {
        sleep(A_WHILE).await;
        hold.release().await;
    };
    let (cancelled, ()) = tokio::join!(cancelling, release);
    cancelled.into_iter().for_each(|cancelled| cancelled.unwrap());
    check(&world, sprint, 1).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_requests_with_one_key_register_once_under_read_committed() {
    let world = World::new().await;
    let processes = [world.read_committed_process().await, world.read_committed_process().await];
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).seats(2).create().await;
    let hold = world.hold(sprint).await;
    let registering = at_once(processes.iter().map(|ctx| {
        let (ctx, grace) = (ctx.clone(), grace.clone());
        async move { register_with_key(&ctx, &grace, sprint, "k").await }
    }));
    let release = async {
        sleep(A_WHILE).await;
        hold.release().await;
    };
    let (_, ()) = tokio::join!(registering, release);
    check(&world, sprint, 1).await;
}

/// Registers and cancels, again and again.
async fn storm(ctx: Context, participant: Actor, id: CompetitionId) {
    for _ in 0..6 {
        // Refused when it is full, or when the other process was first.
        let _ = register(&ctx, &participant, id).await;
        let _ = cancel_registration(&ctx, &participant, id).await;
    }
    let _ = register(&ctx, &participant, id).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_rush_on_two_processes_sells_no_seat_twice_under_read_committed() {
    let world = World::new().await;
    let processes = [world.read_committed_process().await, world.read_committed_process().await];
    let ada = world.organizer("Ada").await;
    let participants = world.participants(12).await;
    let sprint = world.competition(&ada).seats(5).create().await;
    // Each participant through both processes at once.
    let storms = processes.iter().flat_map(|ctx| {
        participants.iter().map(move |participant| storm(ctx.clone(), participant.clone(), sprint))
    });
    at_once(storms).await;
    let tally = world.tally(sprint).await;
    assert_eq!(tally.registered, tally.seats_taken);
    assert_eq!(tally.registered, 5, "those who were refused last were refused because it was full");
}
