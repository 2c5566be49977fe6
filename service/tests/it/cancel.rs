use domain::{CompetitionId, ErrorCode, RegistrationStatus};
use service::{Actor, registration, testing::World};

use crate::support::{at_once, cancel_registration, code, count, register, register_with_key};

#[tokio::test]
async fn cancelling_a_registration_frees_its_seat_at_once() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [grace, alan] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).seats(1).create().await;
    register(&world.ctx, grace, sprint).await.unwrap();
    cancel_registration(&world.ctx, grace, sprint).await.unwrap();
    let tally = world.tally(sprint).await;
    assert_eq!((tally.registered, tally.seats_taken), (0, 0));
    assert_eq!(world.roster(&ada, sprint).await, [RegistrationStatus::Cancelled]);
    register(&world.ctx, alan, sprint).await.unwrap();
}

#[tokio::test]
async fn cancelling_a_registration_again_succeeds_and_frees_nothing() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [grace, alan] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).seats(2).create().await;
    for participant in [grace, alan] {
        register(&world.ctx, participant, sprint).await.unwrap();
    }
    for _ in 0..3 {
        cancel_registration(&world.ctx, grace, sprint).await.unwrap();
    }
    assert_eq!(world.tally(sprint).await.registered, 1);
}

#[tokio::test]
async fn only_a_registered_participant_can_cancel() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    let refusal =
        async |actor: &Actor, id| cancel_registration(&world.ctx, actor, id).await.unwrap_err();
    assert_eq!(refusal(&grace, sprint).await, ErrorCode::NotRegistered);
    assert_eq!(refusal(&ada, sprint).await, ErrorCode::Forbidden);
    assert_eq!(refusal(&Actor::anonymous(), sprint).await, ErrorCode::Unauthorized);
    let unknown = CompetitionId(uuid::Uuid::nil());
    assert_eq!(refusal(&grace, unknown).await, ErrorCode::CompetitionNotFound);
}

#[tokio::test]
async fn a_replayed_cancellation_does_not_cancel_a_newer_registration() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let cancel = async || {
        let key = Some("k".parse().unwrap());
        registration::cancel_registration(&world.ctx, &grace, sprint, key).await.unwrap()
    };
    assert!(!cancel().await.replayed);
    register(&world.ctx, &grace, sprint).await.unwrap();
    let again = cancel().await;
    assert!(again.replayed && again.outcome.is_ok());
    assert_eq!(world.tally(sprint).await.registered, 1, "the new seat is still held");
    let reused = register_with_key(&world.ctx, &grace, sprint, "k").await.unwrap_err();
    assert_eq!(code(reused), ErrorCode::IdempotencyKeyReused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_registrations_and_cancellations_keep_the_count() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(20).create().await;
    let participants = world.participants(40).await;
    let (seated, waiting) = participants.split_at(20);
    for participant in seated {
        register(&world.ctx, participant, sprint).await.unwrap();
    }
    let ctxs = [&world.ctx, &other];
    let leave = seated.iter().enumerate().map(|(number, participant)| {
        let (ctx, participant) = (ctxs[number % 2].clone(), participant.clone());
        tokio::spawn(async move { cancel_registration(&ctx, &participant, sprint).await })
    });
    let leave: Vec<_> = leave.collect();
    let taken = at_once(waiting.iter().enumerate().map(|(number, participant)| {
        let (ctx, participant) = (ctxs[number % 2].clone(), participant.clone());
        async move { register(&ctx, &participant, sprint).await.map(drop) }
    }))
    .await;
    for left in leave {
        left.await.unwrap().unwrap();
    }
    let taken = count(&taken, &Ok(()));
    let tally = world.tally(sprint).await;
    assert_eq!((tally.registered, tally.seats_taken), (taken as u64, taken as u64));
}
