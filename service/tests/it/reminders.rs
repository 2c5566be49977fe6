use chrono::TimeDelta;
use domain::{CompetitionId, RegistrationStatus};
use service::{
    Actor, cron,
    jobs::{Job, claim},
    reminder::send_due,
    testing::World,
};

use crate::support::{at_once, cancel, register, subjects};

const REMINDER: &str = "Reminder: Code Sprint starts soon!";
const CONFIRMATION: &str = "Registration Confirmed: Code Sprint";

/// Ada's competition, closing in two days and starting in three.
async fn sprint(world: &World) -> CompetitionId {
    let ada = world.organizer("Ada").await;
    let new = world.competition(&ada).seats(1_000).closing_in(TimeDelta::days(2));
    new.starting_in(TimeDelta::days(3)).create().await
}

async fn confirmed(world: &World, name: &str, id: CompetitionId) -> Actor {
    let guest = world.participant(name).await;
    register(&world.ctx, &guest, id).await.unwrap();
    world.run_pending_jobs().await;
    guest
}

/// A tick of the schedule, and the work that it causes.
async fn remind(world: &World) {
    let job = Job::SendReminders {};
    cron::fire(&world.ctx, job.kind(), world.ctx.now(), &job).await.unwrap();
    assert_eq!(world.run_pending_jobs().await, 1);
}

#[tokio::test]
async fn a_reminder_is_sent_once_and_not_before_the_last_24_hours() {
    let world = World::new().await;
    let id = sprint(&world).await;
    let grace = confirmed(&world, "Grace", id).await;
    world.clock.advance(TimeDelta::days(2) - TimeDelta::milliseconds(1));
    remind(&world).await;
    assert_eq!(subjects(&world, &grace).await, [CONFIRMATION], "1 ms too early");
    for _ in 0..3 {
        world.clock.advance(TimeDelta::hours(1));
        remind(&world).await;
        assert_eq!(subjects(&world, &grace).await, [REMINDER, CONFIRMATION]);
    }
}

#[tokio::test]
async fn a_reminder_comes_24_hours_before_to_the_millisecond() {
    let world = World::new().await;
    let id = sprint(&world).await;
    let grace = confirmed(&world, "Grace", id).await;
    world.clock.advance(TimeDelta::days(2));
    remind(&world).await;
    assert_eq!(subjects(&world, &grace).await, [REMINDER, CONFIRMATION]);
}

#[tokio::test]
async fn nobody_is_reminded_of_what_has_begun() {
    let world = World::new().await;
    let id = sprint(&world).await;
    let grace = confirmed(&world, "Grace", id).await;
    world.clock.advance(TimeDelta::days(3));
    remind(&world).await;
    assert_eq!(subjects(&world, &grace).await, [CONFIRMATION]);
}

#[tokio::test]
async fn who_registers_in_the_last_24_hours_is_not_reminded() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let new = world.competition(&ada).closing_in(TimeDelta::hours(30));
    let id = new.starting_in(TimeDelta::hours(36)).create().await;
    world.clock.advance(TimeDelta::hours(12));
    let just_in_time = confirmed(&world, "Grace", id).await;
    world.clock.advance(TimeDelta::milliseconds(1));
    let late = confirmed(&world, "Alan", id).await;
    remind(&world).await;
    assert_eq!(subjects(&world, &just_in_time).await, [REMINDER, CONFIRMATION]);
    assert_eq!(subjects(&world, &late).await, [CONFIRMATION]);
}

#[tokio::test]
async fn only_confirmed_seats_are_reminded_and_a_late_confirmation_is_caught_up_with() {
    let world = World::new().await;
    let id = sprint(&world).await;
    let [pending, gone] = &world.crowd(2).await[..] else { panic!("two guests") };
    let waiting = register(&world.ctx, pending, id).await.unwrap().registration;
    register(&world.ctx, gone, id).await.unwrap();
    world.run_pending_jobs().await;
    world.forget_progress(waiting.id, RegistrationStatus::Pending).await;
    cancel(&world.ctx, gone, id).await.unwrap();
    world.clock.advance(TimeDelta::days(2));
    remind(&world).await;
    assert_eq!(subjects(&world, pending).await, [CONFIRMATION]);
    world.forget_progress(waiting.id, RegistrationStatus::Confirmed).await;
    world.clock.advance(TimeDelta::minutes(1));
    remind(&world).await;
    assert_eq!(subjects(&world, pending).await, [REMINDER, CONFIRMATION]);
    assert_eq!(subjects(&world, gone).await, [CONFIRMATION]);
}

#[tokio::test]
async fn a_reminder_is_not_repeated_when_its_note_is_lost() {
    let world = World::new().await;
    let id = sprint(&world).await;
    let grace = world.participant("Grace").await;
    let seat = register(&world.ctx, &grace, id).await.unwrap().registration;
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(2));
    remind(&world).await;
    world.forget_progress(seat.id, RegistrationStatus::Confirmed).await;
    world.clock.advance(TimeDelta::minutes(1));
    remind(&world).await;
    assert_eq!(subjects(&world, &grace).await, [REMINDER, CONFIRMATION]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_crowd_is_reminded_once_by_two_workers_at_once() {
    let world = World::new().await;
    let other = world.second_process().await;
    let id = sprint(&world).await;
    // More than one transaction reminds.
    let crowd = world.crowd(230).await;
    for guest in &crowd {
        register(&world.ctx, guest, id).await.unwrap();
    }
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(2));
    let job = Job::SendReminders {};
    for name in ["one", "two"] {
        cron::fire(&world.ctx, name, world.ctx.now(), &job).await.unwrap();
    }
    let claims = claim(&world.ctx, 2).await.unwrap();
    let workers = [&world.ctx, &other].into_iter().cloned().zip(claims);
    for result in
        at_once(workers.map(|(ctx, claim)| async move { send_due(&ctx, &claim).await })).await
    {
        result.unwrap();
    }
    assert_eq!(world.mails().await, 460, "a confirmation and a reminder each");
    assert_eq!(subjects(&world, &crowd[229]).await, [REMINDER, CONFIRMATION]);
}
