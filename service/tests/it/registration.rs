use std::time::Duration;

use chrono::TimeDelta;
use domain::{
    CompetitionId, ErrorCode, PublicError, RegistrationStatus, RosterFilter, RosterQuery,
    ViewerState,
};
use service::{
    Actor, Context,
    idempotency::new_key,
    registration::{mine, roster, viewer_state},
    testing::World,
};

use crate::support::{at_once, cancel_registration, code, count, register, register_with_key};

/// Registers a whole participants at once; returns the codes of the outcomes.
async fn race(
    ctxs: &[&Context],
    participants: &[Actor],
    id: CompetitionId,
) -> Vec<Result<(), ErrorCode>> {
    let attempts = participants.iter().enumerate().map(|(number, actor)| {
        let (ctx, actor) = (ctxs[number % ctxs.len()].clone(), actor.clone());
        async move { register(&ctx, &actor, id).await.map(|_| ()) }
    });
    at_once(attempts).await
}

/// Asserts that exactly `seats` participants are registered, all others were refused because the
/// competition is full, and all counts agree.
async fn assert_sold_out(
    world: &World,
    id: CompetitionId,
    seats: u64,
    outcomes: &[Result<(), ErrorCode>],
) {
    let sold = usize::try_from(seats).unwrap();
    assert_eq!(count(outcomes, &Ok(())), sold);
    let full = count(outcomes, &Err(ErrorCode::CompetitionFull));
    assert_eq!(
        full,
        outcomes.len() - sold,
        "every other outcome is a full competition: {outcomes:?}"
    );
    let tally = world.tally(id).await;
    assert_eq!((tally.registered, tally.seats_taken), (seats, seats));
    assert_eq!(tally.confirmation_jobs, seats);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_in_one_process_takes_exactly_all_seats() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(30).create().await;
    let participants = world.participants(120).await;
    let outcomes = race(&[&world.ctx], &participants, sprint).await;
    assert_sold_out(&world, sprint, 30, &outcomes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_on_two_processes_takes_exactly_all_seats() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(60).create().await;
    let participants = world.participants(120).await;
    let outcomes = race(&[&world.ctx, &other], &participants, sprint).await;
    assert_sold_out(&world, sprint, 60, &outcomes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_crowd_on_four_processes_takes_exactly_all_seats() {
    let world = World::new().await;
    let others =
        [world.second_process().await, world.second_process().await, world.second_process().await];
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(100).create().await;
    let participants = world.participants(120).await;
    let [b, c, d] = &others;
    let outcomes = race(&[&world.ctx, b, c, d], &participants, sprint).await;
    assert_sold_out(&world, sprint, 100, &outcomes).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn many_competitions_sell_out_concurrently() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let participants = world.participants(30).await;
    let mut competitions = Vec::new();
    for _ in 0..8 {
        competitions.push(world.competition(&ada).seats(10).create().await);
    }
    let races = competitions.iter().map(|&id| {
        let (ctx, participants) = (world.ctx.clone(), participants.clone());
        async move { (id, race(&[&ctx], &participants, id).await) }
    });
    for (id, outcomes) in at_once(races).await {
        assert_eq!(count(&outcomes, &Ok(())), 10, "{outcomes:?}");
        assert_eq!(count(&outcomes, &Err(ErrorCode::CompetitionFull)), 20, "{outcomes:?}");
        let tally = world.tally(id).await;
        assert_eq!((tally.registered, tally.seats_taken), (10, 10));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_requests_of_one_participant_register_once() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(10).create().await;
    let grace = vec![world.participant("Grace").await; 40];
    let outcomes = race(&[&world.ctx, &other], &grace, sprint).await;
    assert_eq!(count(&outcomes, &Ok(())), 1);
    assert_eq!(count(&outcomes, &Err(ErrorCode::AlreadyRegistered)), 39, "{outcomes:?}");
    let tally = world.tally(sprint).await;
    assert_eq!((tally.registered, tally.seats_taken, tally.confirmation_jobs), (1, 1, 1));
}

#[tokio::test]
async fn the_response_has_the_registration_competition_and_user() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace Hopper").await;
    let sprint = world.competition(&ada).create().await;
    let answer = register_with_key(&world.ctx, &grace, sprint, "k").await.unwrap();
    let new = answer.outcome.unwrap();
    assert_eq!(new.registration.status, RegistrationStatus::Pending);
    assert_eq!(new.registration.competition_id, sprint);
    assert_eq!(new.registration.user_id, grace.user().unwrap().id);
    assert_eq!(new.registration.idempotency_key.as_deref(), Some("k"));
    assert_eq!(new.competition.title, "Code Sprint");
    assert_eq!(new.user.email, "grace.hopper@example.com");
    assert!(!answer.replayed);
    assert_eq!(world.tally(sprint).await.version, 2, "the competition has changed once");
}

#[tokio::test]
async fn only_participants_register() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let refused = register(&world.ctx, &Actor::anonymous(), sprint).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::Unauthorized);
    for actor in [ada, world.admin("Root").await] {
        let refused = register(&world.ctx, &actor, sprint).await;
        assert_eq!(refused.unwrap_err(), ErrorCode::Forbidden);
    }
}

#[tokio::test]
async fn registration_is_rejected_from_the_millisecond_of_the_deadline() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [early, late] = &world.participants(2).await[..] else { panic!("two participants") };
    let deadline = TimeDelta::milliseconds(86_400_500);
    let sprint = world.competition(&ada).closing_in(deadline).create().await;
    world.clock.advance(deadline - TimeDelta::milliseconds(1));
    assert!(register(&world.ctx, early, sprint).await.is_ok());
    world.clock.advance(TimeDelta::milliseconds(1));
    let refused = register(&world.ctx, late, sprint).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::RegistrationClosed);
}

#[tokio::test]
async fn refusals_of_a_registration_come_in_the_documented_order() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [seated, late] = &world.participants(2).await[..] else { panic!("two participants") };
    let unknown = CompetitionId(uuid::Uuid::nil());
    let refusal = async |actor, id| register(&world.ctx, actor, id).await.unwrap_err();
    assert_eq!(refusal(seated, unknown).await, ErrorCode::CompetitionNotFound);

    let sprint = world.competition(&ada).seats(1).create().await;
    register(&world.ctx, seated, sprint).await.unwrap();
    assert_eq!(refusal(late, sprint).await, ErrorCode::CompetitionFull);
    assert_eq!(refusal(seated, sprint).await, ErrorCode::AlreadyRegistered, "though it is full");
    world.clock.advance(TimeDelta::days(1));
    assert_eq!(refusal(seated, sprint).await, ErrorCode::RegistrationClosed, "above all");
    assert_eq!(refusal(late, sprint).await, ErrorCode::RegistrationClosed);
}

#[tokio::test]
async fn registering_again_after_a_cancellation_is_confirmed_again() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).seats(1).create().await;
    let first = register(&world.ctx, &grace, sprint).await.unwrap().registration;
    world.run_pending_jobs().await;
    cancel_registration(&world.ctx, &grace, sprint).await.unwrap();
    assert_eq!(world.tally(sprint).await.seats_taken, 0);

    world.clock.advance(TimeDelta::minutes(1));
    let again = register(&world.ctx, &grace, sprint).await.unwrap().registration;
    assert_eq!((again.id, again.status), (first.id, RegistrationStatus::Pending));
    assert_eq!(again.registered_at, world.ctx.now());
    world.run_pending_jobs().await;
    assert_eq!(world.roster(&ada, sprint).await, [RegistrationStatus::Confirmed]);
    assert_eq!(world.mails().await, 2);
    let refused = register(&world.ctx, &grace, sprint).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::AlreadyRegistered);
}

#[tokio::test]
async fn a_freed_seat_goes_to_the_first_request() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [first, second] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).seats(1).create().await;
    register(&world.ctx, first, sprint).await.unwrap();
    cancel_registration(&world.ctx, first, sprint).await.unwrap();
    register(&world.ctx, second, sprint).await.unwrap();
    let refused = register(&world.ctx, first, sprint).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::CompetitionFull);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn dropped_requests_leave_whole_registrations_or_none() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let participants = world.participants(40).await;
    let sprint = world.competition(&ada).seats(40).create().await;
    let keys: Vec<String> = participants.iter().map(|_| new_key()).collect();
    for (number, (participant, key)) in participants.iter().zip(&keys).enumerate() {
        let (ctx, participant, key) = (world.ctx.clone(), participant.clone(), key.clone());
        let caller =
            tokio::spawn(async move { register_with_key(&ctx, &participant, sprint, &key).await });
        // Some hang up before they begin, others in the middle of it.
        tokio::time::sleep(Duration::from_micros(150 * number as u64)).await;
        caller.abort();
    }
    for (participant, key) in participants.iter().zip(&keys) {
        let answer = until_not_in_flight(&world.ctx, participant, sprint, key).await;
        assert!(answer.is_ok(), "{answer:?}");
    }
    let tally = world.tally(sprint).await;
    assert_eq!((tally.registered, tally.seats_taken, tally.confirmation_jobs), (40, 40, 40));
}

/// Retries like a client that was disconnected, until the first request is finished.
async fn until_not_in_flight(
    ctx: &Context,
    participant: &Actor,
    id: CompetitionId,
    key: &str,
) -> Result<(), PublicError> {
    loop {
        match register_with_key(ctx, participant, id, key).await.map_err(PublicError::from) {
            Err(error) if error.code == ErrorCode::IdempotencyInFlight => {
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
            answer => return answer?.outcome.map(|_| ()),
        }
    }
}

#[tokio::test]
async fn participants_see_their_registrations_newest_first() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let [grace, other] = &world.participants(2).await[..] else { panic!("two participants") };
    for title in ["First", "Second", "Third"] {
        let id = world.competition(&ada).titled(title).tagged(&["b", "a"]).create().await;
        register(&world.ctx, grace, id).await.unwrap();
        register(&world.ctx, other, id).await.unwrap();
        if title == "First" {
            cancel_registration(&world.ctx, grace, id).await.unwrap();
        }
        world.clock.advance(TimeDelta::seconds(1));
    }
    let own = mine(&world.ctx, grace, domain::Paging::first(100)).await.unwrap().items;
    let titles: Vec<_> = own.iter().map(|own| &*own.competition.title).collect();
    assert_eq!(titles, ["Third", "Second", "First"]);
    assert_eq!(own[2].registration.status, RegistrationStatus::Cancelled);
    assert_eq!(own[0].competition.tags, ["b", "a"]);
    assert_eq!(own[0].competition.organizer.email, "ada@example.com");
    assert_eq!(
        code(mine(&world.ctx, &ada, domain::Paging::first(100)).await.unwrap_err()),
        ErrorCode::Forbidden
    );
}

async fn names(world: &World, actor: &Actor, id: CompetitionId, query: RosterQuery) -> Vec<String> {
    let filter: RosterFilter = query.check().unwrap();
    let page = roster(&world.ctx, actor, id, &filter).await.unwrap();
    page.items.into_iter().map(|entry| entry.user.name).collect()
}

#[tokio::test]
async fn a_roster_is_paged_and_filtered_by_status_and_words() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    for name in ["Jörg", "Grace", "100%", "Zoe"] {
        let participant = if name == "100%" {
            world.participant("hundred%").await
        } else {
            world.participant(name).await
        };
        register(&world.ctx, &participant, sprint).await.unwrap();
        world.clock.advance(TimeDelta::seconds(1));
    }
    let all = RosterQuery::default();
    assert_eq!(names(&world, &ada, sprint, all).await, ["Jörg", "Grace", "hundred%", "Zoe"]);

    let second_page =
        RosterQuery { page: Some("2".into()), limit: Some("3".into()), ..Default::default() };
    let page = roster(&world.ctx, &ada, sprint, &second_page.check().unwrap()).await.unwrap();
    assert_eq!((page.total, page.pages()), (4, 2));
    assert_eq!(page.items[0].user.name, "Zoe");

    let search = |words: &str| RosterQuery { search: Some(words.into()), ..Default::default() };
    assert_eq!(names(&world, &ada, sprint, search("JÖRG")).await, ["Jörg"]);
    assert_eq!(names(&world, &ada, sprint, search("grace@EXAMPLE")).await, ["Grace"]);
    assert_eq!(names(&world, &ada, sprint, search("%")).await, ["hundred%"]);

    let confirmed = RosterQuery { status: Some("CONFIRMED".into()), ..Default::default() };
    assert!(names(&world, &ada, sprint, confirmed.clone()).await.is_empty());
    world.run_pending_jobs().await;
    assert_eq!(names(&world, &ada, sprint, confirmed).await.len(), 4);
}

#[tokio::test]
async fn only_the_organizer_and_administrators_see_a_roster() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let (grace, root) = (world.participant("Grace").await, world.admin("Root").await);
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let filter = RosterQuery::default().check().unwrap();
    let see = async |actor: &Actor, id| {
        let page = roster(&world.ctx, actor, id, &filter).await;
        page.map(|page| page.total).map_err(code)
    };
    assert_eq!(see(&ada, sprint).await, Ok(1));
    assert_eq!(see(&root, sprint).await, Ok(1));
    assert_eq!(see(&bob, sprint).await, Err(ErrorCode::Forbidden));
    assert_eq!(see(&grace, sprint).await, Err(ErrorCode::Forbidden));
    assert_eq!(see(&Actor::anonymous(), sprint).await, Err(ErrorCode::Unauthorized));
    let unknown = CompetitionId(uuid::Uuid::nil());
    assert_eq!(see(&ada, unknown).await, Err(ErrorCode::CompetitionNotFound));
}

#[tokio::test]
async fn the_viewer_state_has_the_registration_of_the_user() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    let state = async |actor: &Actor| viewer_state(&world.ctx, actor, sprint).await.unwrap();
    assert_eq!(state(&Actor::anonymous()).await, ViewerState::default());
    assert_eq!(state(&grace).await.registration, None);
    register(&world.ctx, &grace, sprint).await.unwrap();
    assert_eq!(state(&grace).await.registration, Some(RegistrationStatus::Pending));
    assert_eq!(state(&grace).await.user, grace.try_user().cloned());
    assert_eq!(state(&ada).await.registration, None);
}
