//! When the title, the start, the end, the place or the online link of a competition changes, each
//! participant is notified once, five minutes later, of the old and the new.

use chrono::TimeDelta;
use domain::{CompetitionId, EditDraft, NoticeDraft};
use serde_json::json;
use service::{
    Actor,
    change_notice::{DELAY, DISTANCE},
    competitions::{self, draft_of, edit_draft},
    jobs::{LEASE, sweep},
    testing::World,
};

use crate::support::{
    approve, cancel_competition, cancel_registration, claim_one, edit, mails, register,
    run_at_once_on, run_job, seated, subjects,
};

const CHANGED: &str = "Competition changed: Code Sprint";
const WAITLISTED: &str = "On the waiting list: Code Sprint";
const CONFIRMED: &str = "Registration Confirmed: Code Sprint";

/// The start of the tests is Monday 23 November 2026, 12:00 UTC.
const SUNDAY: &str = "2026-11-29T12:00:00Z";
const NEXT_SUNDAY: &str = "2026-12-06T12:00:00Z";
/// How a notice says that the start has moved from the one to the other.
const MOVED: &str = "Starts: Sun 6 Dec 2026, 13:00 (Europe/Berlin, UTC+1)\n\
                     Before: Sun 29 Nov 2026, 13:00 (Europe/Berlin, UTC+1)";

async fn sprint(world: &World, organizer: &Actor) -> CompetitionId {
    let sprint = world.competition(organizer).in_zone("Europe/Berlin").seats(1).waitlist(5);
    let sprint = sprint.at("Town Hall", "Berlin").online_at("https://meet.example/42");
    sprint.starting_in(TimeDelta::days(6)).create().await
}

/// An organizer, and a participant with a confirmed seat of the competition.
async fn confirmed(world: &World) -> (Actor, Actor, CompetitionId) {
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let sprint = sprint(world, &ada).await;
    register(&world.ctx, &ben, sprint).await.unwrap();
    world.run_pending_jobs().await;
    (ada, ben, sprint)
}

#[tokio::test]
async fn each_active_participant_is_notified_once_of_the_old_and_the_new() {
    let world = World::new().await;
    let (ctx, ada) = (&world.ctx, world.organizer("Ada").await);
    let [seat, waits, left, late] = &world.participants(4).await[..] else { panic!("four") };
    let sprint = sprint(&world, &ada).await;
    for participant in [seat, waits, left] {
        register(ctx, participant, sprint).await.unwrap();
    }
    cancel_registration(ctx, left, sprint).await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(TimeDelta::minutes(1));
    let patch = json!({
        "startDate": NEXT_SUNDAY, "venueName": "Library", "onlineUrl": null,
        "changeNote": "The hall is closed.",
    });
    edit(ctx, &ada, sprint, patch).await.unwrap();
    world.clock.advance(TimeDelta::minutes(1));
    register(ctx, late, sprint).await.unwrap();
    world.run_pending_jobs().await;
    world.clock.advance(DELAY - TimeDelta::minutes(1) - TimeDelta::seconds(1));
    assert_eq!(world.run_pending_jobs().await, 0, "not before five minutes");
    world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(world.run_pending_jobs().await, 1);

    let [mail, confirmation] = &mails(&world, seat).await[..] else { panic!("two messages") };
    assert_eq!((&*mail.subject, &*confirmation.subject), (CHANGED, CONFIRMED));
    for part in [
        MOVED,
        "Place: Library, Berlin\nBefore: Town Hall, Berlin",
        "Online link: not set any more\nBefore: https://meet.example/42",
        "The organizer adds:\nThe hall is closed.",
        &format!("/competitions/{sprint}"),
    ] {
        assert!(mail.body.contains(part), "{part} is missing from {}", mail.body);
    }
    let [mail, joined] = &mails(&world, waits).await[..] else { panic!("two messages") };
    assert_eq!(joined.subject, WAITLISTED);
    assert!(mail.body.contains("Place: Library, Berlin"), "{}", mail.body);
    assert!(!mail.body.contains("Online link"), "only those with a seat may know it");
    assert_eq!(subjects(&world, left).await, ["Registration cancelled: Code Sprint"]);
    assert_eq!(subjects(&world, late).await, [WAITLISTED], "the page had the new start");
    world.clock.advance(TimeDelta::days(1));
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, seat).await, [CHANGED, CONFIRMED]);
}

#[tokio::test]
async fn edits_within_five_minutes_are_one_notice() {
    let world = World::new().await;
    let (ctx, (ada, ben, sprint)) = (&world.ctx, confirmed(&world).await);
    for (patch, minutes) in [
        (json!({ "startDate": "2026-11-30T12:00:00Z", "changeNote": "One" }), 2),
        (json!({ "title": "Go Sprint", "changeNote": "Two" }), 2),
        (json!({ "startDate": NEXT_SUNDAY, "changeNote": "Two" }), 1),
    ] {
        edit(ctx, &ada, sprint, patch).await.unwrap();
        world.clock.advance(TimeDelta::minutes(minutes));
    }
    world.run_pending_jobs().await;
    let [mail, _] = &mails(&world, &ben).await[..] else { panic!("two messages") };
    assert_eq!(mail.subject, "Competition changed: Go Sprint");
    for part in ["Title: Go Sprint\nBefore: Code Sprint", MOVED, "The organizer adds:\nOne\nTwo\n"]
    {
        assert!(mail.body.contains(part), "{part} is missing from {}", mail.body);
    }
    world.clock.advance(DELAY);
    assert_eq!(world.run_pending_jobs().await, 2, "their changes are in the notice");
    assert_eq!(mails(&world, &ben).await.len(), 2);

    edit(ctx, &ada, sprint, json!({ "title": "Code Sprint" })).await.unwrap();
    world.clock.advance(DELAY);
    world.run_pending_jobs().await;
    assert_eq!(mails(&world, &ben).await.len(), 2, "too soon after the notice before");
    world.clock.advance(DISTANCE - DELAY);
    world.run_pending_jobs().await;
    assert_eq!(mails(&world, &ben).await.len(), 3, "a later edit is a notice of its own");
}

#[tokio::test]
async fn edits_that_change_nothing_in_the_end_notify_no_one() {
    let world = World::new().await;
    let (ctx, (ada, ben, sprint)) = (&world.ctx, confirmed(&world).await);
    for patch in [
        json!({ "startDate": NEXT_SUNDAY }),
        json!({ "startDate": SUNDAY }),
        // Not what a notice is about.
        json!({ "capacity": 60, "description": "New", "timeZone": "UTC", "changeNote": "Hello" }),
    ] {
        edit(ctx, &ada, sprint, patch).await.unwrap();
    }
    world.clock.advance(DELAY);
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, &ben).await, [CONFIRMED]);
    // No notice keeps the next one waiting.
    edit(ctx, &ada, sprint, json!({ "startDate": NEXT_SUNDAY })).await.unwrap();
    world.clock.advance(DELAY);
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, &ben).await, [CHANGED, CONFIRMED]);
}

#[tokio::test]
async fn an_edit_that_wants_no_notice_notifies_no_one() {
    let world = World::new().await;
    let (ctx, (ada, ben, sprint)) = (&world.ctx, confirmed(&world).await);
    let unwanted = json!({ "title": "Code sprint", "notifyParticipants": false });
    edit(ctx, &ada, sprint, unwanted).await.unwrap();
    let seen = draft_of(&competitions::get(ctx, sprint).await.unwrap());
    let mut draft = seen.clone();
    draft.venue_name = "Town  Hall 2".into();
    let notice = NoticeDraft { is_offered: "true".into(), ..Default::default() };
    let form = EditDraft { draft, notice };
    edit_draft(ctx, &ada, sprint, 2, &seen, form, None).await.unwrap().outcome.unwrap();
    world.clock.advance(DELAY);
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, &ben).await, [CONFIRMED]);

    // The notice of another edit has the corrected start, and no other correction.
    edit(ctx, &ada, sprint, json!({ "startDate": "2026-12-05T12:00:00Z" })).await.unwrap();
    let corrected =
        json!({ "startDate": NEXT_SUNDAY, "title": "Code Sprint", "notifyParticipants": false });
    edit(ctx, &ada, sprint, corrected).await.unwrap();
    world.clock.advance(DELAY);
    world.run_pending_jobs().await;
    let [mail, _] = &mails(&world, &ben).await[..] else { panic!("two messages") };
    assert!(mail.body.contains(MOVED) && !mail.body.contains("Title:"), "{}", mail.body);
}

#[tokio::test]
async fn a_change_of_the_online_link_alone_is_sent_to_those_with_a_seat() {
    let world = World::new().await;
    let (ctx, ada) = (&world.ctx, world.organizer("Ada").await);
    let [seat, waits] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = sprint(&world, &ada).await;
    register(ctx, seat, sprint).await.unwrap();
    register(ctx, waits, sprint).await.unwrap();
    let patch = json!({ "onlineUrl": "https://meet.example/43" });
    edit(ctx, &ada, sprint, patch).await.unwrap();
    world.clock.advance(DELAY);
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, seat).await, [CHANGED, CONFIRMED]);
    assert_eq!(subjects(&world, waits).await, [WAITLISTED]);
}

#[tokio::test]
async fn participants_who_are_approved_after_the_edit_have_read_the_new_facts() {
    let world = World::new().await;
    let (ctx, ada) = (&world.ctx, world.organizer("Ada").await);
    let [waits, approved] = &world.participants(2).await[..] else { panic!("two participants") };
    let sprint = world.competition(&ada).with_approval().starting_in(TimeDelta::days(6));
    let sprint = sprint.create().await;
    register(ctx, waits, sprint).await.unwrap();
    let registration = register(ctx, approved, sprint).await.unwrap().registration.id;
    world.clock.advance(TimeDelta::minutes(1));
    edit(ctx, &ada, sprint, json!({ "startDate": NEXT_SUNDAY })).await.unwrap();
    world.clock.advance(TimeDelta::minutes(1));
    approve(ctx, &ada, sprint, &[registration]).await.unwrap();
    world.clock.advance(DELAY);
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, waits).await, [CHANGED]);
    let [mail] = &mails(&world, approved).await[..] else { panic!("one message") };
    assert_eq!(mail.subject, CONFIRMED);
    assert!(mail.body.contains("6 Dec 2026"), "{}", mail.body);
}

#[tokio::test]
async fn no_change_is_notified_of_once_the_competition_is_cancelled_or_over() {
    let world = World::new().await;
    let (ctx, ada, ben) =
        (&world.ctx, world.organizer("Ada").await, world.participant("Ben").await);
    let (cancelled, over) = (sprint(&world, &ada).await, sprint(&world, &ada).await);
    let late = sprint(&world, &ada).await;
    for id in [cancelled, over, late] {
        register(ctx, &ben, id).await.unwrap();
    }
    world.run_pending_jobs().await;
    edit(ctx, &ada, cancelled, json!({ "venueName": "Library" })).await.unwrap();
    cancel_competition(ctx, &ada, cancelled).await.unwrap();
    world.clock.advance(DELAY);
    world.run_pending_jobs().await;
    // No worker runs until it is over.
    edit(ctx, &ada, late, json!({ "venueName": "Library" })).await.unwrap();
    world.clock.advance(TimeDelta::days(30));
    edit(ctx, &ada, over, json!({ "title": "It was fun" })).await.unwrap();
    world.clock.advance(DELAY);
    world.run_pending_jobs().await;
    let notices = ["Competition cancelled: Code Sprint", CONFIRMED, CONFIRMED, CONFIRMED];
    assert_eq!(subjects(&world, &ben).await, notices);
}

#[tokio::test]
async fn an_edit_that_is_sent_again_with_its_key_has_one_notice() {
    let world = World::new().await;
    let (ctx, (ada, _, sprint)) = (&world.ctx, confirmed(&world).await);
    for _ in 0..2 {
        let patch = serde_json::from_value(json!({ "venueName": "Library" })).unwrap();
        let key = Some("k".parse().unwrap());
        competitions::edit(ctx, &ada, sprint, patch, key).await.unwrap().outcome.unwrap();
    }
    assert_eq!(world.jobs_of_kind("notify_of_change").await, 1);
}

/// Asserts that each of the participants has one notice.
async fn assert_each_was_notified_once(world: &World, participants: &[Actor]) {
    for participant in participants {
        assert_eq!(subjects(world, participant).await, [CHANGED, CONFIRMED]);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_worker_continues_after_one_that_failed_half_way() {
    const SIZE: usize = 1_200;
    let world = World::in_memory().await;
    let (ctx, ada) = (&world.ctx, world.organizer("Ada").await);
    let sprint = world.competition(&ada).seats(SIZE as i64).starting_in(TimeDelta::days(6));
    let sprint = sprint.create().await;
    let participants = seated(&world, sprint, SIZE).await;
    edit(ctx, &ada, sprint, json!({ "startDate": NEXT_SUNDAY })).await.unwrap();
    world.clock.advance(DELAY);
    let before = world.mails().await;
    world.refuse_mail_to(&participants[SIZE / 2]).await;
    let first = claim_one(ctx).await;
    run_job(ctx, &first).await.unwrap_err();
    let notified = world.mails().await - before;
    assert!(notified > 0 && notified < SIZE as u64, "it got half-way: {notified}");

    // An edit meanwhile has a notice of its own, and changes nothing of this one.
    let again = json!({ "startDate": "2026-12-07T12:00:00Z", "title": "Go", "timeZone": "UTC" });
    edit(ctx, &ada, sprint, again).await.unwrap();
    world.accept_all_mail().await;
    world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
    sweep(ctx).await.unwrap();
    assert_eq!(world.run_pending_jobs().await, 1);
    assert_each_was_notified_once(&world, &participants).await;
    // The first worker runs again, and notifies no participant.
    run_job(ctx, &first).await.unwrap();
    assert_eq!(world.mails().await, before + SIZE as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_at_once_notify_each_participant_once() {
    const SIZE: usize = 1_100;
    let world = World::in_memory().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).seats(SIZE as i64).starting_in(TimeDelta::days(6));
    let sprint = sprint.create().await;
    let participants = seated(&world, sprint, SIZE).await;
    edit(&world.ctx, &ada, sprint, json!({ "startDate": NEXT_SUNDAY })).await.unwrap();
    world.clock.advance(DELAY);
    run_at_once_on([&world.ctx, &other]).await;
    assert_each_was_notified_once(&world, &participants).await;
}
