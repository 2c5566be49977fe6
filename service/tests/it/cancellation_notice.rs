//! After a competition is cancelled, each participant with a seat is notified once, and gets no
//! confirmation or reminder afterwards.

use chrono::TimeDelta;
use domain::{CompetitionId, ErrorCode, RegistrationStatus};
use service::{
    Actor,
    competitions::{self, cancel_competition_by_title},
    cron,
    jobs::{BackgroundJob, LEASE, claim, execute, sweep},
    reminder::SendReminders,
    testing::{Queue, World},
};

use crate::support::{
    at_once, cancel_competition, cancel_registration, claim_one, code, mails, register,
    run_at_once_on, run_job, seated, subjects,
};

const CANCELLED: &str = "Competition cancelled: Code Sprint";
const CONFIRMED: &str = "Registration Confirmed: Code Sprint";

/// Asserts that each of `size` registrations was notified once.
async fn assert_each_was_notified_once(world: &World, size: usize) {
    let audit = world.audit().await;
    assert_eq!(audit.len(), size);
    for audited in audit {
        assert!(audited.competition_cancelled && audited.status.holds_seat(), "{audited:?}");
        assert_eq!(audited.cancellations, 1, "{audited:?}");
    }
}

#[tokio::test]
async fn each_participant_with_a_seat_is_notified_once() {
    let world = World::new().await;
    let (ada, eve) = (world.organizer("Ada").await, world.participant("Eve").await);
    let [stays, leaves] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).in_zone("Europe/Berlin");
    let sprint = sprint.starting_in(TimeDelta::days(6)).create().await;
    let other = world.competition(&ada).titled("Chess").create().await;
    for participant in [stays, leaves] {
        register(&world.ctx, participant, sprint).await.unwrap();
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
    for part in [
        "Guest 1",
        "does not take place",
        "Sun 29 Nov 2026, 13:00 (Europe/Berlin, UTC+1)",
        "Registration ID",
    ] {
        assert!(mail.body.contains(part), "{part} is missing from {}", mail.body);
    }
    let before = "Registration cancelled: Code Sprint";
    assert_eq!(subjects(&world, leaves).await, [before], "they had cancelled before");
    assert_eq!(subjects(&world, &eve).await, ["Registration Confirmed: Chess"]);
    assert!(mails(&world, &ada).await.is_empty());
    let tally = world.tally(sprint).await;
    assert_eq!((tally.registered, tally.seats_taken), (1, 1), "seats stay on record");
}

#[tokio::test]
async fn cancelling_a_competition_again_succeeds_and_notifies_no_one_twice() {
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
    assert_eq!(world.queue().await, Queue { completed: 2, ..Queue::default() });
}

#[tokio::test]
async fn only_its_organizer_can_cancel_a_competition() {
    let world = World::new().await;
    let (ada, bob) = (world.organizer("Ada").await, world.organizer("Bob").await);
    let (grace, root) = (world.participant("Grace").await, world.admin("Root").await);
    let sprint = world.competition(&ada).create().await;
    for actor in [&bob, &grace, &root] {
        let refusal = cancel_competition(&world.ctx, actor, sprint).await.unwrap_err();
        assert_eq!(refusal, ErrorCode::Forbidden);
    }
    let refusal = cancel_competition(&world.ctx, &Actor::anonymous(), sprint).await.unwrap_err();
    assert_eq!(refusal, ErrorCode::Unauthorized);
    let unknown = CompetitionId(uuid::Uuid::nil());
    let refusal = cancel_competition(&world.ctx, &ada, unknown).await.unwrap_err();
    assert_eq!(refusal, ErrorCode::CompetitionNotFound);
    assert!(!competitions::get(&world.ctx, sprint).await.unwrap().competition.is_cancelled());
}

#[tokio::test]
async fn another_title_does_not_cancel_the_competition() {
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
async fn a_pending_confirmation_is_not_sent_after_the_cancellation() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let confirmation = claim_one(&world.ctx).await;
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    execute(&world.ctx, &[confirmation]).await.unwrap();
    assert!(subjects(&world, &grace).await.is_empty());
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, &grace).await, [CANCELLED]);
    assert_eq!(world.roster(&ada, sprint).await, [RegistrationStatus::Pending]);
    assert_eq!(world.queue().await, Queue { completed: 2, ..Queue::default() });
}

#[tokio::test]
async fn a_cancellation_notice_is_never_followed_by_a_confirmation() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).starting_in(TimeDelta::days(2)).create().await;
    let seat = register(&world.ctx, &grace, sprint).await.unwrap().registration;
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    world.run_pending_jobs().await;
    world.forget_progress(seat.id, RegistrationStatus::Pending).await;
    // The view of a worker whose statement began before the cancellation was committed.
    world.execute("UPDATE competitions SET cancelled_at = NULL").await.unwrap();
    world.execute("UPDATE jobs SET state = 'ready'").await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, &grace).await, [CANCELLED]);
}

#[tokio::test]
async fn a_cancelled_competition_is_not_reminded_of() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).starting_in(TimeDelta::days(2)).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(1));
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    let ctx = &world.ctx;
    cron::fire(ctx, SendReminders::NAME, ctx.now(), SendReminders {}).await.unwrap();
    // The later job first.
    for claim in claim(&world.ctx, 10).await.unwrap().iter().rev() {
        run_job(&world.ctx, claim).await.unwrap();
    }
    assert_eq!(subjects(&world, &grace).await, [CANCELLED, CONFIRMED]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_worker_continues_after_one_that_failed_half_way() {
    const SIZE: usize = 1_200;
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(SIZE as i64).create().await;
    let participants = seated(&world, sprint, SIZE).await;
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    let mail_before = world.mails().await;
    world.refuse_mail_to(&participants[SIZE / 2]).await;
    let first = claim_one(&world.ctx).await;
    run_job(&world.ctx, &first).await.unwrap_err();
    let notified = world.mails().await - mail_before;
    assert!(notified > 0 && notified < SIZE as u64, "it got half-way: {notified}");

    world.accept_all_mail().await;
    world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
    sweep(&world.ctx).await.unwrap();
    assert_eq!(world.run_pending_jobs().await, 1);
    assert_each_was_notified_once(&world, SIZE).await;
    // The first worker runs again, and notifies no participant.
    run_job(&world.ctx, &first).await.unwrap();
    assert_eq!(world.mails().await, mail_before + SIZE as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_at_once_notify_each_participant_once() {
    const SIZE: usize = 1_100;
    let world = World::in_memory().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(SIZE as i64).create().await;
    seated(&world, sprint, SIZE).await;
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    run_at_once_on([&world.ctx, &other]).await;
    assert_each_was_notified_once(&world, SIZE).await;
    assert_eq!(world.open_jobs().await, 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn registrations_that_race_a_cancellation_are_notified_of_it() {
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(100).create().await;
    let participants = world.participants_in_bulk(80).await;
    let ctxs = [&world.ctx, &other];
    let end = {
        let (ctx, ada) = (other.clone(), ada.clone());
        tokio::spawn(async move { cancel_competition(&ctx, &ada, sprint).await })
    };
    let outcomes = at_once(participants.iter().enumerate().map(|(number, participant)| {
        let (ctx, participant) = (ctxs[number % 2].clone(), participant.clone());
        async move { register(&ctx, &participant, sprint).await.map(drop) }
    }))
    .await;
    end.await.unwrap().unwrap();
    let seats = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
    let refused = outcomes.iter().filter_map(|outcome| outcome.err());
    assert!(refused.into_iter().all(|code| code == ErrorCode::CompetitionCancelled));
    world.run_pending_jobs().await;
    let tally = world.tally(sprint).await;
    assert_eq!((tally.registered, tally.seats_taken), (seats as u64, seats as u64));
    assert_each_was_notified_once(&world, seats).await;
}
