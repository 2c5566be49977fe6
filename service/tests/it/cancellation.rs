//! A competition is cancelled: everyone who held a seat hears of it, once, and nothing that says otherwise comes after.

use chrono::TimeDelta;
use domain::{CompetitionId, ErrorCode, RegistrationStatus};
use service::{
    Actor, Context, cancellation,
    competitions::{self, cancel_competition_by_title},
    confirmation::confirm,
    cron,
    jobs::{Job, LEASE, claim, sweep},
    reminder,
    testing::{Queue, World},
};

use crate::support::{
    at_once, cancel_competition, cancel_registration, claim_one, code, mails, register, subjects,
};

const CANCELLED: &str = "Competition cancelled: Code Sprint";
const CONFIRMED: &str = "Registration Confirmed: Code Sprint";

/// So many who hold a seat, and the confirmation of it.
async fn seated(world: &World, id: CompetitionId, size: usize) -> Vec<Actor> {
    let crowd = world.crowd_of(size).await;
    let register = |guest: &Actor| {
        let (ctx, guest) = (world.ctx.clone(), guest.clone());
        async move { register(&ctx, &guest, id).await.map(drop) }
    };
    for some in crowd.chunks(500) {
        for outcome in at_once(some.iter().map(register)).await {
            outcome.unwrap();
        }
        // They are told in the order in which they came.
        world.clock.advance(TimeDelta::seconds(1));
    }
    let mut claims = claim(&world.ctx, size as u64).await.unwrap();
    while !claims.is_empty() {
        confirm(&world.ctx, &claims).await.unwrap();
        claims = claim(&world.ctx, size as u64).await.unwrap();
    }
    crowd
}

/// Everyone has so many messages, and each registration heard of its end once.
async fn assert_everybody_was_told_once(world: &World, size: usize) {
    let audit = world.audit().await;
    assert_eq!(audit.len(), size);
    for audited in audit {
        assert!(audited.competition_cancelled && audited.status.holds_seat(), "{audited:?}");
        assert_eq!(audited.cancellations, 1, "{audited:?}");
    }
}

#[tokio::test]
async fn everyone_who_holds_a_seat_is_told_once_and_nobody_else() {
    let world = World::new().await;
    let (ada, eve) = (world.organizer("Ada").await, world.participant("Eve").await);
    let [stays, leaves] = &world.crowd(2).await[..] else { panic!("two guests") };
    let sprint = world.competition(&ada).in_zone("Europe/Berlin");
    let sprint = sprint.starting_in(TimeDelta::days(6)).create().await;
    let other = world.competition(&ada).titled("Chess").create().await;
    for guest in [stays, leaves] {
        register(&world.ctx, guest, sprint).await.unwrap();
    }
    register(&world.ctx, &eve, other).await.unwrap();
    cancel_registration(&world.ctx, leaves, sprint).await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::minutes(1));

    let cancelled = cancel_competition(&world.ctx, &ada, sprint).await.unwrap().competition;
    assert_eq!((cancelled.cancelled_at, cancelled.version), (Some(world.ctx.now()), 2));
    assert_eq!(world.run_pending_jobs().await, 1);
    let [mail, _] = &mails(&world, stays).await[..] else { panic!("two messages") };
    assert_eq!((&*mail.subject, mail.sent_at), (CANCELLED, world.ctx.now()));
    for part in ["Guest 1", "does not take place", "Sun 29 Nov 2026, 13:00 CET", "Registration ID"]
    {
        assert!(mail.body.contains(part), "{part} is missing from {}", mail.body);
    }
    assert!(subjects(&world, leaves).await.is_empty(), "their seat was given back before");
    assert_eq!(subjects(&world, &eve).await, ["Registration Confirmed: Chess"]);
    assert!(mails(&world, &ada).await.is_empty());
    let tally = world.tally(sprint).await;
    assert_eq!((tally.registered, tally.seats_held), (1, 1), "seats stay on record");
}

#[tokio::test]
async fn to_cancel_again_is_fine_and_tells_nobody_twice() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let first = cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    for _ in 0..2 {
        world.clock.advance(TimeDelta::hours(1));
        world.run_pending_jobs().await;
        assert_eq!(cancel_competition(&world.ctx, &ada, sprint).await.unwrap(), first);
    }
    assert_eq!(subjects(&world, &grace).await, [CANCELLED]);
    assert_eq!(world.queue().await, Queue { done: 2, ..Queue::default() });
}

#[tokio::test]
async fn only_its_organizer_cancels_a_competition() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let (grace, root) = (world.participant("Grace").await, world.admin("Root").await);
    let sprint = world.competition(&ada).create().await;
    for actor in [&bob, &grace, &root] {
        let told = cancel_competition(&world.ctx, actor, sprint).await.unwrap_err();
        assert_eq!(told, ErrorCode::Forbidden);
    }
    let told = cancel_competition(&world.ctx, &Actor::anonymous(), sprint).await.unwrap_err();
    assert_eq!(told, ErrorCode::Unauthorized);
    let unknown = CompetitionId(uuid::Uuid::nil());
    let told = cancel_competition(&world.ctx, &ada, unknown).await.unwrap_err();
    assert_eq!(told, ErrorCode::CompetitionNotFound);
    assert!(!competitions::get(&world.ctx, sprint).await.unwrap().competition.is_cancelled());
}

#[tokio::test]
async fn who_types_another_title_cancels_nothing() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let typed = async |title: &str| {
        let key = "k".parse().unwrap();
        cancel_competition_by_title(&world.ctx, &ada, sprint, title, key).await.map_err(code)
    };
    for wrong in ["", "Code", "Code Sprint 2"] {
        assert_eq!(typed(wrong).await.unwrap_err(), ErrorCode::ValidationFailed);
    }
    assert!(typed(" code  SPRINT ").await.unwrap().competition.is_cancelled());
}

#[tokio::test]
async fn a_confirmation_that_was_still_to_come_does_not_come_any_more() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let confirmation = claim_one(&world.ctx).await;
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    confirm(&world.ctx, &[confirmation]).await.unwrap();
    assert!(subjects(&world, &grace).await.is_empty());
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, &grace).await, [CANCELLED]);
    assert_eq!(world.roster(&ada, sprint).await, [RegistrationStatus::Pending]);
    assert_eq!(world.queue().await, Queue { done: 2, ..Queue::default() });
}

#[tokio::test]
async fn who_was_told_is_not_told_otherwise_even_by_somebody_who_knows_no_better() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).starting_in(TimeDelta::days(2)).create().await;
    let seat = register(&world.ctx, &grace, sprint).await.unwrap().registration;
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    world.run_pending_jobs().await;
    world.forget_progress(seat.id, RegistrationStatus::Pending).await;
    // As a worker sees it whose statement began before the cancellation was committed.
    world.execute("UPDATE competitions SET cancelled_at = NULL").await.unwrap();
    world.execute("UPDATE jobs SET state = 'ready'").await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, &grace).await, [CANCELLED]);
}

#[tokio::test]
async fn nobody_is_reminded_of_what_does_not_take_place() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).starting_in(TimeDelta::days(2)).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(1));
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    let job = Job::SendReminders {};
    cron::fire(&world.ctx, job.kind(), world.ctx.now(), &job).await.unwrap();
    // In either order.
    for claim in claim(&world.ctx, 10).await.unwrap().iter().rev() {
        match claim.job {
            Job::SendReminders {} => reminder::send_due(&world.ctx, claim).await.unwrap(),
            _ => cancellation::tell(&world.ctx, claim).await.unwrap(),
        }
    }
    assert_eq!(subjects(&world, &grace).await, [CANCELLED, CONFIRMED]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_worker_that_dies_half_way_leaves_the_rest_to_the_next_one() {
    const SIZE: usize = 1_200;
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(SIZE as i64).create().await;
    let crowd = seated(&world, sprint, SIZE).await;
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    let mail_before = world.mails().await;
    world.refuse_mail_to(&crowd[SIZE / 2]).await;
    let first = claim_one(&world.ctx).await;
    cancellation::tell(&world.ctx, &first).await.unwrap_err();
    let told = world.mails().await - mail_before;
    assert!(told > 0 && told < SIZE as u64, "it got half-way: {told}");

    world.accept_all_mail().await;
    world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
    sweep(&world.ctx).await.unwrap();
    assert_eq!(world.run_pending_jobs().await, 1);
    assert_everybody_was_told_once(&world, SIZE).await;
    // The first wakes up again, and has nothing to say.
    cancellation::tell(&world.ctx, &first).await.unwrap();
    assert_eq!(world.mails().await, mail_before + SIZE as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_at_once_tell_everybody_once() {
    const SIZE: usize = 1_100;
    let world = World::in_memory().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(SIZE as i64).create().await;
    seated(&world, sprint, SIZE).await;
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    let claim = claim_one(&world.ctx).await;
    let runs = [&world.ctx, &other].map(|ctx: &Context| (ctx.clone(), claim.clone()));
    let runs = runs.map(|(ctx, claim)| async move { cancellation::tell(&ctx, &claim).await });
    for result in at_once(runs).await {
        result.unwrap();
    }
    assert_everybody_was_told_once(&world, SIZE).await;
    assert_eq!(world.open_jobs().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_told_of_a_seat_during_a_rush_hears_of_its_end() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(100).create().await;
    let crowd = world.crowd_of(80).await;
    let ctxs = [&world.ctx, &other];
    let end = {
        let (ctx, ada) = (other.clone(), ada.clone());
        tokio::spawn(async move { cancel_competition(&ctx, &ada, sprint).await })
    };
    let outcomes = at_once(crowd.iter().enumerate().map(|(number, guest)| {
        let (ctx, guest) = (ctxs[number % 2].clone(), guest.clone());
        async move { register(&ctx, &guest, sprint).await.map(drop) }
    }))
    .await;
    end.await.unwrap().unwrap();
    let seats = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let refused = outcomes.iter().filter_map(|outcome| outcome.err());
    assert!(refused.into_iter().all(|code| code == ErrorCode::CompetitionCancelled));
    world.run_pending_jobs().await;
    let tally = world.tally(sprint).await;
    assert_eq!((tally.registered, tally.seats_held), (seats as u64, seats as u64));
    assert_everybody_was_told_once(&world, seats).await;
}
