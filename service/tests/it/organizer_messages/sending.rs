//! Sending a message: once to each recipient, at its time, until it is stopped.

use chrono::TimeDelta;
use domain::{ErrorCode, MAX_MESSAGES_A_DAY, OrganizerMessageStatus, RegistrationStatus};
use serde_json::json;
use service::{
    Actor,
    accounts::{self, delete},
    jobs::{LEASE, sweep},
    organizer_messages::{edit, preview},
    registration::register_with,
    testing::{PASSWORD, World},
};

use super::{MAILED, Sprint, TEXT, input};
use crate::disabling::address;
use crate::support::{
    approve, cancel_registration, claim_one, code, count, mails, register, run_at_once_on, run_job,
    seated, subjects,
};

/// How often an actor has got the message.
async fn copies(world: &World, actor: &Actor) -> usize {
    count(&subjects(world, actor).await, &MAILED.to_owned())
}

#[tokio::test]
async fn each_participant_with_a_seat_gets_a_message_once_and_why() {
    let sprint = Sprint::new().await;
    let (world, id) = (&sprint.world, sprint.id);
    let [stays, leaves, outside] = &world.participants(3).await[..] else { panic!("three") };
    register(&world.ctx, stays, id).await.unwrap();
    register(&world.ctx, leaves, id).await.unwrap();
    cancel_registration(&world.ctx, leaves, id).await.unwrap();
    world.run_pending_jobs().await;
    let draft = sprint.draft(&["CONFIRMED"]).await;
    let sending = sprint.send(&draft).await.unwrap();
    assert_eq!(sending.status, OrganizerMessageStatus::Sending);
    assert_eq!(sprint.send(&draft).await.unwrap().status, OrganizerMessageStatus::Sending);
    world.run_pending_jobs().await;
    let sent = sprint.send(&draft).await.unwrap();
    assert_eq!(sent.status, OrganizerMessageStatus::Sent);
    assert_eq!((sent.recipients, sent.sent), (Some(1), 1));
    assert_eq!((sent.started_at, sent.ended_at), (Some(world.ctx.now()), Some(world.ctx.now())));
    world.run_pending_jobs().await;
    let newest = &mails(world, stays).await[0];
    assert_eq!(newest.subject, MAILED);
    for part in ["Hello Guest 1", "Ada", TEXT, "because you are registered", "Registration ID"] {
        assert!(newest.body.contains(part), "{part} is missing from {}", newest.body);
    }
    assert_eq!(copies(world, stays).await, 1);
    for other in [leaves, outside, &sprint.ada] {
        assert_eq!(copies(world, other).await, 0);
    }
}

#[tokio::test]
async fn a_message_stops_when_the_account_of_its_organizer_is_disabled() {
    let sprint = Sprint::new().await;
    let [guest] = &seated(&sprint.world, sprint.id, 1).await[..] else { panic!("one") };
    let draft = sprint.draft(&["CONFIRMED"]).await;
    sprint.send(&draft).await.unwrap();
    accounts::disable(&sprint.world.ctx, &address("ada")).await.unwrap();
    sprint.world.run_pending_jobs().await;
    assert_eq!(copies(&sprint.world, guest).await, 0);
    let stopped = sprint.message(draft.id).await;
    assert_eq!((stopped.status, stopped.sent), (OrganizerMessageStatus::Stopped, 0));
}

#[tokio::test]
async fn those_on_the_waiting_list_and_those_who_wait_for_approval_are_recipients_of_their_own() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).seats(1).waitlist(5).with_approval().create().await;
    let sprint = Sprint { world, ada, id };
    let world = &sprint.world;
    let [seated, waiting, asking] = &world.participants(3).await[..] else { panic!("three") };
    for participant in [seated, waiting] {
        let made = register(&world.ctx, participant, id).await.unwrap().registration;
        approve(&world.ctx, &sprint.ada, id, &[made.id]).await.unwrap();
    }
    register(&world.ctx, asking, id).await.unwrap();
    assert_eq!(count(&world.roster(&sprint.ada, id).await, &RegistrationStatus::Waitlisted), 1);
    for (statuses, expected) in [
        (&["WAITLISTED"][..], [0, 1, 0]),
        (&["AWAITING_APPROVAL"], [0, 1, 1]),
        (&["AWAITING_APPROVAL", "WAITLISTED", "CONFIRMED"], [1, 2, 2]),
    ] {
        sprint.send(&sprint.draft(statuses).await).await.unwrap();
        world.run_pending_jobs().await;
        for (participant, expected) in [seated, waiting, asking].into_iter().zip(expected) {
            assert_eq!(copies(world, participant).await, expected, "{statuses:?}");
        }
    }
    let words = |mails: &[domain::Mail]| mails[0].body.clone();
    let reason = words(&mails(world, waiting).await);
    assert!(reason.contains("because you are on the waiting list"), "{reason}");
    let reason = words(&mails(world, asking).await);
    assert!(reason.contains("because you have asked to register"), "{reason}");
}

#[tokio::test]
async fn a_message_by_an_answer_goes_to_those_who_have_given_it() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let question = json!([{ "kind": "ONE_OF", "label": "Size", "options": ["S", "M"] }]);
    let id = world.competition(&ada).asking(question).create().await;
    let sprint = Sprint { world, ada, id };
    let world = &sprint.world;
    let detail = service::competitions::get(&world.ctx, id).await.unwrap();
    let question = detail.questions[0].id;
    let [small, medium] = &world.participants(2).await[..] else { panic!("two") };
    for (participant, size) in [(small, "S"), (medium, "M")] {
        let answers = json!({ "answers": [{ "questionId": question, "value": size }] });
        let input = serde_json::from_value(answers).unwrap();
        let made = register_with(&world.ctx, participant, id, input, None).await.unwrap();
        made.outcome.unwrap();
    }
    let option = detail.questions[0].choices()[1].0.clone();
    let draft = sprint.draft_with(json!({ "answer": format!("{question}:{option}") })).await;
    let found = preview(&world.ctx, &sprint.ada, id, draft.id).await.unwrap();
    assert_eq!((found.count, &*found.samples[0].name), (1, "Guest 2"));
    sprint.send(&draft).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!((copies(world, small).await, copies(world, medium).await), (0, 1));
}

#[tokio::test]
async fn a_message_that_was_edited_since_it_was_read_or_has_no_recipients_is_not_sent() {
    let sprint = Sprint::new().await;
    let (world, id) = (&sprint.world, sprint.id);
    let draft = sprint.draft(&["CONFIRMED"]).await;
    assert_eq!(sprint.send(&draft).await.unwrap_err(), ErrorCode::NoRecipients);
    let grace = world.participant("Grace").await;
    register(&world.ctx, &grace, id).await.unwrap();
    let other = input(json!({ "subject": "Bring two" }));
    let edited = edit(&world.ctx, &sprint.ada, id, draft.id, other).await.unwrap();
    assert_eq!(sprint.send(&draft).await.unwrap_err(), ErrorCode::StaleVersion);
    sprint.send(&edited).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(subjects(world, &grace).await[0], "Code Sprint: Bring two");
}

#[tokio::test]
async fn an_organizer_sends_at_most_20_messages_in_24_hours() {
    let sprint = Sprint::new().await;
    let world = &sprint.world;
    let grace = world.participant("Grace").await;
    register(&world.ctx, &grace, sprint.id).await.unwrap();
    for _ in 0..MAX_MESSAGES_A_DAY {
        sprint.send(&sprint.draft(&["CONFIRMED"]).await).await.unwrap();
    }
    let one_more = sprint.draft(&["CONFIRMED"]).await;
    assert_eq!(sprint.send(&one_more).await.unwrap_err(), ErrorCode::RateLimited);
    let later = Some(sprint.in_(TimeDelta::days(2)));
    let refusal = sprint.send_at(&one_more, later).await.unwrap_err();
    assert_eq!(refusal, ErrorCode::RateLimited, "a scheduled one counts, too");
    world.clock.advance(TimeDelta::days(1));
    sprint.send(&one_more).await.unwrap();
}

#[tokio::test]
async fn a_scheduled_message_is_sent_at_its_time_to_those_who_match_then() {
    let sprint = Sprint::new().await;
    let (world, id) = (&sprint.world, sprint.id);
    let [early, late] = &world.participants(2).await[..] else { panic!("two") };
    register(&world.ctx, early, id).await.unwrap();
    let draft = sprint.draft(&["CONFIRMED"]).await;
    let at = sprint.in_(TimeDelta::hours(2));
    let scheduled = sprint.send_at(&draft, Some(at)).await.unwrap();
    assert_eq!(scheduled.status, OrganizerMessageStatus::Scheduled);
    assert_eq!(scheduled.send_at, Some(at));
    world.clock.advance(TimeDelta::hours(2) - TimeDelta::milliseconds(1));
    world.run_pending_jobs().await;
    assert_eq!(copies(world, early).await, 0, "1 ms too early");
    cancel_registration(&world.ctx, early, id).await.unwrap();
    register(&world.ctx, late, id).await.unwrap();
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(sprint.message(draft.id).await.status, OrganizerMessageStatus::Sending);
    world.run_pending_jobs().await;
    assert_eq!((copies(world, early).await, copies(world, late).await), (0, 1));
    assert_eq!(sprint.message(draft.id).await.status, OrganizerMessageStatus::Sent);
    assert_eq!(sprint.stop(draft.id).await.unwrap_err(), ErrorCode::MessageNotPending);
}

#[tokio::test]
async fn a_scheduled_message_that_is_stopped_is_a_draft_that_can_be_scheduled_again() {
    let sprint = Sprint::new().await;
    let world = &sprint.world;
    let grace = world.participant("Grace").await;
    register(&world.ctx, &grace, sprint.id).await.unwrap();
    let draft = sprint.draft(&["CONFIRMED"]).await;
    assert_eq!(sprint.stop(draft.id).await.unwrap_err(), ErrorCode::MessageNotPending);
    sprint.send_at(&draft, Some(sprint.in_(TimeDelta::hours(1)))).await.unwrap();
    let stopped = sprint.stop(draft.id).await.unwrap();
    assert_eq!((stopped.status, stopped.send_at), (OrganizerMessageStatus::Draft, None));
    sprint.send_at(&stopped, Some(sprint.in_(TimeDelta::hours(3)))).await.unwrap();
    world.clock.advance(TimeDelta::hours(1));
    world.run_pending_jobs().await;
    assert_eq!(copies(world, &grace).await, 0, "the first time was given up");
    world.clock.advance(TimeDelta::hours(2));
    world.run_pending_jobs().await;
    assert_eq!(copies(world, &grace).await, 1);
    world.run_pending_jobs().await;
    assert_eq!(copies(world, &grace).await, 1);
}

#[tokio::test]
async fn a_job_that_comes_before_the_time_of_its_message_is_followed_by_one_at_that_time() {
    let sprint = Sprint::new().await;
    let world = &sprint.world;
    let grace = world.participant("Grace").await;
    register(&world.ctx, &grace, sprint.id).await.unwrap();
    world.run_pending_jobs().await;
    let draft = sprint.draft(&["CONFIRMED"]).await;
    sprint.send(&draft).await.unwrap();
    let early = claim_one(&world.ctx).await;
    let stopped = sprint.stop(draft.id).await.unwrap();
    sprint.send_at(&stopped, Some(sprint.in_(TimeDelta::seconds(1)))).await.unwrap();
    // The one of the new time, which would hide that the early one is followed by another.
    assert_eq!(world.execute("DELETE FROM jobs WHERE state = 'ready'").await.unwrap(), 1);
    run_job(&world.ctx, &early).await.unwrap();
    assert_eq!(copies(world, &grace).await, 0);
    world.clock.advance(TimeDelta::seconds(1));
    world.run_pending_jobs().await;
    assert_eq!(copies(world, &grace).await, 1);
}

/// Ada's competition with so many participants, in memory. The last of them has registered later
/// than the others, who have done so at one time.
async fn large(size: usize) -> (Sprint, Vec<Actor>) {
    let world = World::in_memory().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).seats(size as i64).create().await;
    let mut participants = seated(&world, id, size - 1).await;
    let last = world.participant("Last").await;
    register(&world.ctx, &last, id).await.unwrap();
    world.run_pending_jobs().await;
    participants.push(last);
    (Sprint { world, ada, id }, participants)
}

/// Asserts that each participant has got the message once.
async fn assert_each_has_it_once(world: &World, participants: &[Actor]) {
    for participant in participants {
        assert_eq!(copies(world, participant).await, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_next_worker_sends_a_message_to_the_others_after_one_that_died_half_way() {
    const SIZE: usize = 450;
    let (sprint, participants) = large(SIZE).await;
    let world = &sprint.world;
    let draft = sprint.draft(&["CONFIRMED"]).await;
    sprint.send(&draft).await.unwrap();
    world.refuse_mail_to(&participants[SIZE - 1]).await;
    let first = claim_one(&world.ctx).await;
    run_job(&world.ctx, &first).await.unwrap_err();
    let half = sprint.message(draft.id).await;
    assert_eq!((half.recipients, half.sent), (Some(SIZE as u64), 400), "two batches of 200");
    assert_eq!(half.status, OrganizerMessageStatus::Sending);
    world.accept_all_mail().await;
    world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
    sweep(&world.ctx).await.unwrap();
    world.run_pending_jobs().await;
    // The first worker goes on, and sends nothing.
    run_job(&world.ctx, &first).await.unwrap();
    let sent = sprint.message(draft.id).await;
    assert_eq!((sent.status, sent.sent), (OrganizerMessageStatus::Sent, SIZE as u64));
    assert_each_has_it_once(world, &participants).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_at_once_send_a_message_to_each_participant_once() {
    let (sprint, participants) = large(450).await;
    let world = &sprint.world;
    let other = world.second_process().await;
    let draft = sprint.draft(&["CONFIRMED"]).await;
    sprint.send(&draft).await.unwrap();
    run_at_once_on([&world.ctx, &other]).await;
    assert_eq!(sprint.message(draft.id).await.sent, 450);
    assert_each_has_it_once(world, &participants).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_stopped_half_way_stays_with_those_who_have_it() {
    const SIZE: usize = 250;
    let (sprint, participants) = large(SIZE).await;
    let world = &sprint.world;
    let draft = sprint.draft(&["CONFIRMED"]).await;
    sprint.send(&draft).await.unwrap();
    world.refuse_mail_to(&participants[SIZE - 1]).await;
    let first = claim_one(&world.ctx).await;
    run_job(&world.ctx, &first).await.unwrap_err();
    let stopped = sprint.stop(draft.id).await.unwrap();
    assert_eq!((stopped.status, stopped.sent), (OrganizerMessageStatus::Stopped, 200));
    assert_eq!(sprint.stop(draft.id).await.unwrap(), stopped, "once more changes nothing");
    assert_eq!(sprint.send(&draft).await.unwrap_err(), ErrorCode::MessageNotDraft);
    world.accept_all_mail().await;
    run_job(&world.ctx, &first).await.unwrap();
    let mut with_it = 0;
    for participant in &participants {
        with_it += copies(world, participant).await;
    }
    assert_eq!(with_it, 200);
}

#[tokio::test]
async fn a_scheduled_message_of_a_deleted_account_is_stopped() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).starting_in(TimeDelta::days(2)).create().await;
    let sprint = Sprint { world, ada, id };
    let world = &sprint.world;
    let grace = world.participant("Grace").await;
    register(&world.ctx, &grace, id).await.unwrap();
    let draft = sprint.draft(&["CONFIRMED"]).await;
    sprint.send_at(&draft, Some(sprint.in_(TimeDelta::days(30)))).await.unwrap();
    world.clock.advance(TimeDelta::days(29));
    let address = service::ClientAddress::UNKNOWN;
    delete(&world.ctx, &sprint.ada, PASSWORD.to_owned(), address).await.map_err(code).unwrap();
    world.clock.advance(TimeDelta::days(1));
    world.run_pending_jobs().await;
    assert_eq!(copies(world, &grace).await, 0);
    assert_eq!(world.open_jobs().await, 0);
}
