//! Notices of what participants do with their own registrations.

use chrono::TimeDelta;
use domain::{CompetitionId, RegistrationStatus};
use service::{
    Actor,
    testing::{PASSWORD, World},
};

use crate::support::{
    approve, cancel_competition, cancel_registration, mails, register, run_at_once_on, subjects,
};

const JOINED: &str = "On the waiting list: Code Sprint";
const CANCELLED: &str = "Registration cancelled: Code Sprint";
const CONFIRMED: &str = "Registration Confirmed: Code Sprint";

/// A competition with one seat, which Ben has, and a waiting list.
async fn full(world: &World) -> (Actor, Actor, CompetitionId) {
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let sprint = world.competition(&ada).seats(1).waitlist(5).create().await;
    register(&world.ctx, &ben, sprint).await.unwrap();
    world.run_pending_jobs().await;
    (ada, ben, sprint)
}

#[tokio::test]
async fn a_participant_is_notified_of_joining_and_leaving_the_waiting_list() {
    let world = World::new().await;
    let (_, _, sprint) = full(&world).await;
    let grace = world.participant("Grace").await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    world.run_pending_jobs().await;
    let [joined] = &mails(&world, &grace).await[..] else { panic!("one message") };
    assert_eq!(joined.subject, JOINED);
    for part in ["Grace", "All seats of Code Sprint are taken", "Cancel your registration:"] {
        assert!(joined.body.contains(part), "{part} is missing from {}", joined.body);
    }
    world.clock.advance(TimeDelta::seconds(1));
    for _ in 0..2 {
        cancel_registration(&world.ctx, &grace, sprint).await.unwrap();
        world.run_pending_jobs().await;
    }
    assert_eq!(subjects(&world, &grace).await, [CANCELLED, JOINED], "once");
    let left = mails(&world, &grace).await.remove(0).body;
    assert!(left.contains("You have left the waiting list of Code Sprint."), "{left}");
}

#[tokio::test]
async fn a_participant_who_gives_the_seat_up_is_notified() {
    let world = World::new().await;
    let (_, ben, sprint) = full(&world).await;
    world.clock.advance(TimeDelta::seconds(1));
    cancel_registration(&world.ctx, &ben, sprint).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, &ben).await, [CANCELLED, CONFIRMED]);
    let body = mails(&world, &ben).await.remove(0).body;
    assert!(body.contains("You have no seat any more."), "{body}");
}

#[tokio::test]
async fn a_participant_who_withdraws_a_request_is_notified() {
    let world = World::new().await;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let sprint = world.competition(&ada).with_approval().create().await;
    register(&world.ctx, &ben, sprint).await.unwrap();
    cancel_registration(&world.ctx, &ben, sprint).await.unwrap();
    world.run_pending_jobs().await;
    let [notice] = &mails(&world, &ben).await[..] else { panic!("one message") };
    assert!(notice.body.contains("which waited for the approval"), "{}", notice.body);
}

#[tokio::test]
async fn a_change_that_another_one_has_replaced_has_no_notice() {
    let world = World::new().await;
    let (ada, ben, sprint) = full(&world).await;
    let people = world.participants(3).await;
    for participant in &people {
        register(&world.ctx, participant, sprint).await.unwrap();
    }
    // The first gets the seat, the second leaves and comes back, before any job has run.
    cancel_registration(&world.ctx, &ben, sprint).await.unwrap();
    cancel_registration(&world.ctx, &people[1], sprint).await.unwrap();
    world.clock.advance(TimeDelta::seconds(1));
    register(&world.ctx, &people[1], sprint).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, &people[0]).await, [CONFIRMED]);
    assert_eq!(subjects(&world, &people[1]).await, [JOINED]);

    let late = world.participant("Late").await;
    register(&world.ctx, &late, sprint).await.unwrap();
    cancel_competition(&world.ctx, &ada, sprint).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, &late).await, ["Competition cancelled: Code Sprint"]);
}

#[tokio::test]
async fn a_notice_comes_once_when_two_workers_run_its_job() {
    let world = World::new().await;
    let other = world.second_process().await;
    let (_, _, sprint) = full(&world).await;
    let grace = world.participant("Grace").await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    run_at_once_on([&world.ctx, &other]).await;
    assert_eq!(subjects(&world, &grace).await, [JOINED]);
}

#[tokio::test]
async fn a_deleted_account_has_no_notice_of_its_cancellations() {
    let world = World::new().await;
    let (_, ben, sprint) = full(&world).await;
    let from = service::ClientAddress::UNKNOWN;
    service::accounts::delete(&world.ctx, &ben, PASSWORD.to_owned(), from).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(world.mails().await, 0);
    assert_eq!(world.tally(sprint).await.seats_taken, 0);
}

#[tokio::test]
async fn an_approval_that_joins_the_waiting_list_has_the_notice_of_the_approval_alone() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let people = world.participants(2).await;
    let new = world.competition(&ada).seats(1).waitlist(5).with_approval();
    let sprint = new.create().await;
    let mut ids = Vec::new();
    for participant in &people {
        ids.push(register(&world.ctx, participant, sprint).await.unwrap().registration.id);
    }
    let all = approve(&world.ctx, &ada, sprint, &ids).await.unwrap();
    assert_eq!(all.reviewed[1].status, RegistrationStatus::Waitlisted);
    world.run_pending_jobs().await;
    let [notice] = &mails(&world, &people[1]).await[..] else { panic!("one message") };
    assert!(notice.body.contains("has approved your registration"), "{}", notice.body);
}
