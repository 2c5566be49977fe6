use chrono::TimeDelta;
use domain::{CompetitionId, RegistrationStatus, Timestamp};
use serde_json::json;
use service::{
    Actor, cron,
    jobs::{BackgroundJob, claim},
    reminder::SendReminders,
    testing::World,
};

use crate::support::{at_once, cancel_registration, edit, mails, register, run_job, subjects};

const REMINDER: &str = "Reminder: Code Sprint starts soon!";
const CONFIRMATION: &str = "Registration Confirmed: Code Sprint";

/// Ada's competition, closing in two days and starting in three.
async fn sprint(world: &World) -> CompetitionId {
    let ada = world.organizer("Ada").await;
    let new = world.competition(&ada).seats(1_000).closing_in(TimeDelta::days(2));
    new.starting_in(TimeDelta::days(3)).create().await
}

async fn confirmed(world: &World, name: &str, id: CompetitionId) -> Actor {
    let participant = world.participant(name).await;
    register(&world.ctx, &participant, id).await.unwrap();
    world.run_pending_jobs().await;
    participant
}

/// Fires a tick of the schedule and runs its job.
async fn remind(world: &World) {
    let ctx = &world.ctx;
    cron::fire(ctx, SendReminders::NAME, ctx.now(), SendReminders {}).await.unwrap();
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
async fn a_competition_that_has_begun_is_not_reminded_of() {
    let world = World::new().await;
    let id = sprint(&world).await;
    let grace = confirmed(&world, "Grace", id).await;
    world.clock.advance(TimeDelta::days(3));
    remind(&world).await;
    assert_eq!(subjects(&world, &grace).await, [CONFIRMATION]);
}

#[tokio::test]
async fn a_registration_in_the_last_24_hours_is_not_reminded() {
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
async fn a_registration_is_reminded_once_it_is_confirmed() {
    let world = World::new().await;
    let id = sprint(&world).await;
    let [pending, gone] = &world.participants(2).await[..] else { panic!("two participants") };
    let waiting = register(&world.ctx, pending, id).await.unwrap().registration;
    register(&world.ctx, gone, id).await.unwrap();
    world.run_pending_jobs().await;
    world.forget_progress(waiting.id, RegistrationStatus::Pending).await;
    cancel_registration(&world.ctx, gone, id).await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(2));
    remind(&world).await;
    assert_eq!(subjects(&world, pending).await, [CONFIRMATION]);
    world.forget_progress(waiting.id, RegistrationStatus::Confirmed).await;
    world.clock.advance(TimeDelta::minutes(1));
    remind(&world).await;
    assert_eq!(subjects(&world, pending).await, [REMINDER, CONFIRMATION]);
    let cancelled = "Registration cancelled: Code Sprint";
    assert_eq!(subjects(&world, gone).await, [cancelled, CONFIRMATION]);
}

#[tokio::test]
async fn a_reminder_is_not_repeated_after_its_record_was_lost() {
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
async fn two_workers_at_once_remind_each_participant_once() {
    let world = World::new().await;
    let other = world.second_process().await;
    let id = sprint(&world).await;
    // More than fit into one transaction.
    let participants = world.participants(230).await;
    for participant in &participants {
        register(&world.ctx, participant, id).await.unwrap();
    }
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::days(2));
    for name in ["one", "two"] {
        cron::fire(&world.ctx, name, world.ctx.now(), SendReminders {}).await.unwrap();
    }
    let claims = claim(&world.ctx, 2).await.unwrap();
    let workers = [&world.ctx, &other].into_iter().cloned().zip(claims);
    for result in
        at_once(workers.map(|(ctx, claim)| async move { run_job(&ctx, &claim).await })).await
    {
        result.unwrap();
    }
    assert_eq!(world.mails().await, 460, "a confirmation and a reminder each");
    assert_eq!(subjects(&world, &participants[229]).await, [REMINDER, CONFIRMATION]);
}

#[tokio::test]
async fn each_reminder_that_the_organizer_has_chosen_is_sent_once() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let new = world.competition(&ada).closing_in(TimeDelta::days(9));
    let id = new.starting_in(TimeDelta::days(10)).create().await;
    edit(&world.ctx, &ada, id, json!({ "reminderOffsets": [120, 10_080, 1_440] })).await.unwrap();
    let grace = confirmed(&world, "Grace", id).await;
    let (mut sent, mut hours) = (Vec::new(), 0);
    while hours < 10 * 24 {
        remind(&world).await;
        let all = subjects(&world, &grace).await.iter().filter(|all| *all == REMINDER).count();
        if all > sent.len() {
            sent.push(10 * 24 - hours);
        }
        world.clock.advance(TimeDelta::hours(1));
        hours += 1;
    }
    assert_eq!(sent, [168, 24, 2], "hours before the start");
    assert_eq!(subjects(&world, &grace).await.len(), 4);
}

#[tokio::test]
async fn a_competition_without_reminders_is_not_reminded_of() {
    let world = World::new().await;
    let (ada, id, grace) = dated(&world).await;
    edit(&world.ctx, &ada, id, json!({ "reminderOffsets": [] })).await.unwrap();
    world.clock.advance(TimeDelta::days(2));
    remind(&world).await;
    assert_eq!(subjects(&world, &grace).await, [CONFIRMATION]);
}

#[tokio::test]
async fn a_participant_is_only_reminded_of_times_after_the_registration() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let new = world.competition(&ada).closing_in(TimeDelta::days(9));
    let id = new.starting_in(TimeDelta::days(10)).create().await;
    edit(&world.ctx, &ada, id, json!({ "reminderOffsets": [10_080, 1_440] })).await.unwrap();
    world.clock.advance(TimeDelta::days(3) + TimeDelta::hours(1));
    let late = confirmed(&world, "Alan", id).await;
    remind(&world).await;
    assert_eq!(subjects(&world, &late).await, [CONFIRMATION]);
    world.clock.advance(TimeDelta::days(6));
    remind(&world).await;
    assert_eq!(subjects(&world, &late).await, [REMINDER, CONFIRMATION]);
}

#[tokio::test]
async fn a_reminder_that_is_added_a_day_after_its_time_is_not_sent() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let new = world.competition(&ada).closing_in(TimeDelta::days(9));
    let id = new.starting_in(TimeDelta::days(10)).create().await;
    let grace = confirmed(&world, "Grace", id).await;
    world.clock.advance(TimeDelta::days(4));
    edit(&world.ctx, &ada, id, json!({ "reminderOffsets": [10_080, 60] })).await.unwrap();
    remind(&world).await;
    assert_eq!(subjects(&world, &grace).await, [CONFIRMATION]);
}

#[tokio::test]
async fn a_competition_that_an_earlier_release_has_written_is_reminded_of_a_day_before() {
    let world = World::new().await;
    let (_, _, grace) = dated(&world).await;
    world.execute("UPDATE competitions SET reminder_offsets = NULL").await.unwrap();
    world.clock.advance(TimeDelta::days(2));
    remind(&world).await;
    assert_eq!(subjects(&world, &grace).await, [REMINDER, CONFIRMATION]);
}

/// Ada, and a competition of hers that closes in two days and starts in three; Grace holds a
/// confirmed seat.
async fn dated(world: &World) -> (Actor, CompetitionId, Actor) {
    let ada = world.organizer("Ada").await;
    let new = world.competition(&ada).closing_in(TimeDelta::days(2));
    let id = new.starting_in(TimeDelta::days(3)).create().await;
    let grace = confirmed(world, "Grace", id).await;
    (ada, id, grace)
}

/// Moves the start to `time` from now.
async fn start_in(world: &World, ada: &Actor, id: CompetitionId, time: TimeDelta) {
    let start = Timestamp::from(world.ctx.now().utc() + time);
    let patch = json!({ "startDate": start, "notifyParticipants": false });
    edit(&world.ctx, ada, id, patch).await.unwrap();
}

#[tokio::test]
async fn a_competition_that_is_postponed_is_reminded_of_again_once() {
    let world = World::new().await;
    let (ada, id, grace) = dated(&world).await;
    world.clock.advance(TimeDelta::days(2));
    remind(&world).await;
    start_in(&world, &ada, id, TimeDelta::days(5)).await;
    for _ in 0..2 {
        world.clock.advance(TimeDelta::hours(1));
        remind(&world).await;
        assert_eq!(subjects(&world, &grace).await, [REMINDER, CONFIRMATION], "not yet");
    }
    world.clock.advance(TimeDelta::days(4));
    for _ in 0..2 {
        remind(&world).await;
        world.clock.advance(TimeDelta::hours(1));
        assert_eq!(subjects(&world, &grace).await, [REMINDER, REMINDER, CONFIRMATION]);
    }
    let [second, first, _] = &mails(&world, &grace).await[..] else { panic!("three messages") };
    assert!(first.body.contains("Thu 26 Nov 2026, 12:00 UTC"), "{}", first.body);
    assert!(second.body.contains("Mon 30 Nov 2026, 12:00 UTC"), "{}", second.body);
}

#[tokio::test]
async fn a_start_that_moves_by_an_hour_is_reminded_of_again_earlier_or_later() {
    let world = World::new().await;
    let (ada, id, grace) = dated(&world).await;
    world.clock.advance(TimeDelta::days(2));
    remind(&world).await;
    for (hours, reminders) in [(22, 2), (23, 3)] {
        world.clock.advance(TimeDelta::minutes(1));
        start_in(&world, &ada, id, TimeDelta::hours(hours)).await;
        remind(&world).await;
        assert_eq!(subjects(&world, &grace).await.len(), 1 + reminders);
    }
}

#[tokio::test]
async fn a_start_that_moves_away_and_back_is_reminded_of_once() {
    let world = World::new().await;
    let (ada, id, grace) = dated(&world).await;
    world.clock.advance(TimeDelta::days(2));
    remind(&world).await;
    let first = world.ctx.now().utc() + TimeDelta::days(1);
    for start in [first - TimeDelta::hours(1), first, first] {
        world.clock.advance(TimeDelta::minutes(1));
        let start = Timestamp::from(start);
        edit(&world.ctx, &ada, id, json!({ "startDate": start })).await.unwrap();
        remind(&world).await;
        assert_eq!(subjects(&world, &grace).await, [REMINDER, REMINDER, CONFIRMATION]);
    }
}

#[tokio::test]
async fn a_late_registration_is_reminded_if_the_start_has_changed_since() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let new = world.competition(&ada).closing_in(TimeDelta::hours(30));
    let id = new.starting_in(TimeDelta::hours(36)).create().await;
    world.clock.advance(TimeDelta::hours(20));
    let before = confirmed(&world, "Grace", id).await;
    world.clock.advance(TimeDelta::minutes(1));
    start_in(&world, &ada, id, TimeDelta::hours(18)).await;
    world.clock.advance(TimeDelta::minutes(1));
    let after = confirmed(&world, "Alan", id).await;
    remind(&world).await;
    assert_eq!(subjects(&world, &before).await, [REMINDER, CONFIRMATION]);
    assert_eq!(subjects(&world, &after).await, [CONFIRMATION]);
}
