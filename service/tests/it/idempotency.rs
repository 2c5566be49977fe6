use chrono::TimeDelta;
use domain::{CompetitionId, ErrorCode, NewRegistration, PublicError};
use service::{Context, Decision, testing::World};

use crate::support::{at_once, cancel_registration, code, register, register_with_key};

/// What came of many requests with one key.
#[derive(Debug, Default)]
struct Outcomes {
    fresh: usize,
    replayed: usize,
    in_flight: usize,
    registrations: Vec<domain::RegistrationId>,
    others: Vec<String>,
}

impl Outcomes {
    fn of(decisions: Vec<service::Result<Decision<NewRegistration>>>) -> Self {
        let mut outcomes = Self::default();
        for decision in decisions {
            match decision {
                Ok(Decision { outcome: Ok(new), replayed }) => {
                    outcomes.registrations.push(new.registration.id);
                    *if replayed { &mut outcomes.replayed } else { &mut outcomes.fresh } += 1;
                }
                Ok(decision) => outcomes.others.push(format!("{decision:?}")),
                Err(error) => match code(error) {
                    ErrorCode::IdempotencyInFlight => outcomes.in_flight += 1,
                    code => outcomes.others.push(format!("{code:?}")),
                },
            }
        }
        outcomes.registrations.dedup();
        outcomes
    }
}

async fn fifty_times_at_once(world: &World, ctxs: &[&Context]) -> Outcomes {
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    let answers = at_once((0..50).map(|number| {
        let (ctx, grace) = (ctxs[number % ctxs.len()].clone(), grace.clone());
        async move { register_with_key(&ctx, &grace, sprint, "one-and-only").await }
    }))
    .await;
    let tally = world.tally(sprint).await;
    assert_eq!((tally.registered, tally.seats_taken, tally.confirmation_jobs), (1, 1, 1));
    assert_eq!(world.idempotency_records().await, 1);
    Outcomes::of(answers)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn fifty_requests_with_one_key_register_once() {
    let world = World::new().await;
    let outcomes = fifty_times_at_once(&world, &[&world.ctx]).await;
    assert_eq!((outcomes.fresh, outcomes.registrations.len()), (1, 1), "{outcomes:?}");
    assert_eq!(outcomes.replayed + outcomes.in_flight, 49, "{outcomes:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_key_sent_to_six_processes_registers_once() {
    let world = World::new().await;
    let mut others = Vec::new();
    for _ in 0..5 {
        others.push(world.second_process().await);
    }
    // The first of each process get past its own guard and meet in the database.
    let ctxs: Vec<_> = std::iter::once(&world.ctx).chain(&others).collect();
    let outcomes = fifty_times_at_once(&world, &ctxs).await;
    assert_eq!((outcomes.fresh, outcomes.registrations.len()), (1, 1), "{outcomes:?}");
    assert_eq!(outcomes.replayed + outcomes.in_flight, 49, "{outcomes:?}");
}

#[tokio::test]
async fn a_key_replays_the_first_response_after_later_changes() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    let first = register_with_key(&world.ctx, &grace, sprint, "k").await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(2));
    let again = register_with_key(&world.ctx, &grace, sprint, "k").await.unwrap();
    assert_eq!((first.replayed, again.replayed), (false, true));
    assert_eq!(again.outcome, first.outcome);
    let other_process = world.second_process().await;
    let again = register_with_key(&other_process, &grace, sprint, "k").await.unwrap();
    assert_eq!((again.replayed, again.outcome), (true, first.outcome));
}

#[tokio::test]
async fn refusals_are_replayed() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [seated, late] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).seats(1).create().await;
    register(&world.ctx, seated, sprint).await.unwrap();
    let refused = async |actor, key| {
        let answer = register_with_key(&world.ctx, actor, sprint, key).await.unwrap();
        (answer.replayed, answer.outcome.unwrap_err().code)
    };
    assert_eq!(refused(late, "full").await, (false, ErrorCode::CompetitionFull));
    assert_eq!(refused(seated, "twice").await, (false, ErrorCode::AlreadyRegistered));
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(refused(late, "closed").await, (false, ErrorCode::RegistrationClosed));

    cancel_registration(&world.ctx, seated, sprint).await.unwrap();
    assert_eq!(refused(late, "full").await, (true, ErrorCode::CompetitionFull));
    assert_eq!(refused(seated, "twice").await, (true, ErrorCode::AlreadyRegistered));
    assert_eq!(refused(late, "closed").await, (true, ErrorCode::RegistrationClosed));
    assert_eq!(world.idempotency_records().await, 3);
}

#[tokio::test]
async fn a_key_is_rejected_with_another_request() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    let marathon = world.competition(&ada).create().await;
    register_with_key(&world.ctx, &grace, sprint, "k").await.unwrap();
    let reused = register_with_key(&world.ctx, &grace, marathon, "k").await.unwrap_err();
    assert_eq!(code(reused), ErrorCode::IdempotencyKeyReused);
    assert_eq!(world.tally(marathon).await.registered, 0);
    assert!(register_with_key(&world.ctx, &grace, marathon, "K").await.is_ok(), "another key");
}

#[tokio::test]
async fn the_same_key_of_two_users_does_not_collide() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [one, two] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).create().await;
    let marathon = world.competition(&ada).create().await;
    for (participant, id) in [(one, sprint), (two, marathon)] {
        let answer = register_with_key(&world.ctx, participant, id, "k").await.unwrap();
        assert!(!answer.replayed);
        assert_eq!(answer.outcome.unwrap().registration.user_id, participant.user().unwrap().id);
    }
}

#[tokio::test]
async fn a_request_without_a_decision_leaves_its_key_unused() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let unknown = CompetitionId(uuid::Uuid::nil());
    for _ in 0..2 {
        let error = register_with_key(&world.ctx, &grace, unknown, "k").await.unwrap_err();
        assert_eq!(code(error), ErrorCode::CompetitionNotFound);
    }
    let error = register_with_key(&world.ctx, &ada, unknown, "k").await.unwrap_err();
    assert_eq!(code(error), ErrorCode::Forbidden);
    assert_eq!(world.idempotency_records().await, 0);
    let sprint = world.competition(&ada).create().await;
    let answer = register_with_key(&world.ctx, &grace, sprint, "k").await.unwrap();
    assert!(answer.outcome.is_ok(), "the key is still free");
}

#[tokio::test]
async fn a_request_without_a_key_is_neither_stored_nor_replayed() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let first = domain::Paging::first(1);
    let mine = service::registration::mine(&world.ctx, &grace, first).await.unwrap().items;
    let message = "Already registered for this competition";
    let again: Result<_, PublicError> = Err(PublicError {
        registration_id: Some(mine[0].registration.id),
        ..PublicError::new(ErrorCode::AlreadyRegistered, message)
    });
    let answer = service::registration::register(&world.ctx, &grace, sprint, None).await.unwrap();
    assert_eq!((answer.outcome, answer.replayed), (again, false));
    assert_eq!(world.idempotency_records().await, 0);
}
