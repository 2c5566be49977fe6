//! The waiting list: who joins it, in which order, and who is given a seat.

use chrono::TimeDelta;
use domain::{
    CompetitionId, ErrorCode, MyRegistration, Paging,
    RegistrationStatus::{Cancelled, Confirmed, Pending, Waitlisted},
    UserId,
};
use serde_json::json;
use service::{
    Actor, ClientAddress, RequestId,
    accounts::{self, delete},
    calendar, registration,
    testing::{PASSWORD, World},
};

use crate::support::{
    at_once, cancel_registration, code, edit, mails, register, register_with_key, subjects,
};

fn id(actor: &Actor) -> UserId {
    actor.user().unwrap().id
}

fn ids(actors: &[Actor]) -> Vec<UserId> {
    actors.iter().map(id).collect()
}

const JOINED: &str = "On the waiting list: Code Sprint";

/// A competition of Ada's, for which people have registered in their order: the first have its
/// seats, the others wait.
struct Line {
    world: World,
    ada: Actor,
    people: Vec<Actor>,
    sprint: CompetitionId,
}

impl Line {
    async fn of(people: usize, seats: i64, waitlist: u32) -> Self {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let people = world.participants_in_bulk(people).await;
        let sprint = world.competition(&ada).seats(seats).waitlist(waitlist).create().await;
        register_all(&world, sprint, &people).await;
        Self { world, ada, people, sprint }
    }
}

async fn register_all(world: &World, competition: CompetitionId, participants: &[Actor]) {
    for participant in participants {
        register(&world.ctx, participant, competition).await.unwrap();
    }
}

async fn newest(world: &World, participant: &Actor) -> MyRegistration {
    let paging = Paging { page: 1, limit: 1 };
    registration::mine(&world.ctx, participant, paging).await.unwrap().items.remove(0)
}

/// The counts in the row of the competition equal the rows.
async fn assert_counts(world: &World, competition: CompetitionId, seats: u64, waiting: u64) {
    let tally = world.tally(competition).await;
    assert_eq!((tally.registered, tally.seats_taken), (seats, seats), "seats");
    assert_eq!((tally.waitlisted, tally.waiting), (waiting, waiting), "waiting list");
}

#[tokio::test]
async fn registrations_for_a_full_competition_wait_in_their_order_until_the_list_is_full() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let people = world.participants(4).await;
    let sprint = world.competition(&ada).seats(1).waitlist(2).create().await;
    let mut seen = Vec::new();
    for participant in &people[..3] {
        let new = register(&world.ctx, participant, sprint).await.unwrap();
        seen.push((new.registration.status, new.waitlist_position));
    }
    assert_eq!(seen, [(Pending, None), (Waitlisted, Some(1)), (Waitlisted, Some(2))]);
    let refused = register(&world.ctx, &people[3], sprint).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::CompetitionFull);
    assert_eq!(world.waiting_list(sprint).await, ids(&people[1..3]));
    assert_counts(&world, sprint, 1, 2).await;
    // Of another list, whose numbers are the same.
    let marathon = world.competition(&ada).seats(1).waitlist(9).create().await;
    register_all(&world, marathon, &people[..2]).await;
    let again = register(&world.ctx, &people[2], sprint).await;
    assert_eq!(again.unwrap_err(), ErrorCode::AlreadyRegistered);
    let mine = newest(&world, &people[2]).await;
    assert_eq!((mine.registration.status, mine.waitlist_position), (Waitlisted, Some(2)));
    let viewer = registration::viewer_state(&world.ctx, &people[2], sprint).await.unwrap();
    assert_eq!((viewer.registration, viewer.waitlist_position), (Some(Waitlisted), Some(2)));
}

#[tokio::test]
async fn a_competition_without_a_waiting_list_is_full_as_before() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let people = world.participants(2).await;
    let sprint = world.competition(&ada).seats(1).create().await;
    register(&world.ctx, &people[0], sprint).await.unwrap();
    let refused = register(&world.ctx, &people[1], sprint).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::CompetitionFull);
    assert_counts(&world, sprint, 1, 0).await;
}

#[tokio::test]
async fn a_freed_seat_goes_to_the_first_in_line_who_is_notified_once() {
    let Line { world, people, sprint, .. } = Line::of(3, 1, 5).await;
    world.run_pending_jobs().await;
    assert_eq!(subjects(&world, &people[1]).await, [JOINED], "confirmed without a seat");
    let waited = newest(&world, &people[1]).await.registration;
    cancel_registration(&world.ctx, &people[0], sprint).await.unwrap();
    assert_counts(&world, sprint, 1, 1).await;
    let promoted = newest(&world, &people[1]).await;
    assert_eq!((promoted.registration.status, promoted.waitlist_position), (Pending, None));
    assert_eq!(promoted.registration.id, waited.id);
    assert!(promoted.registration.registered_at > waited.registered_at);
    assert_eq!(newest(&world, &people[2]).await.waitlist_position, Some(1));
    world.run_pending_jobs().await;
    cancel_registration(&world.ctx, &people[0], sprint).await.unwrap();
    world.run_pending_jobs().await;
    assert_eq!(newest(&world, &people[1]).await.registration.status, Confirmed);
    let received = subjects(&world, &people[1]).await;
    assert_eq!(received, ["Registration Confirmed: Code Sprint", JOINED]);
    let confirmation = mails(&world, &people[1]).await.remove(0).body;
    assert!(confirmation.contains("you were first on the waiting list"), "{confirmation}");
    assert_eq!(subjects(&world, &people[2]).await, [JOINED]);
}

#[tokio::test]
async fn a_participant_who_leaves_the_list_and_returns_stands_at_the_end() {
    let Line { world, people, sprint, .. } = Line::of(3, 1, 2).await;
    cancel_registration(&world.ctx, &people[1], sprint).await.unwrap();
    assert_eq!(newest(&world, &people[1]).await.registration.status, Cancelled);
    assert_counts(&world, sprint, 1, 1).await;
    let back = register(&world.ctx, &people[1], sprint).await.unwrap();
    assert_eq!(back.waitlist_position, Some(2));
    assert_eq!(world.waiting_list(sprint).await, [id(&people[2]), id(&people[1])]);
    cancel_registration(&world.ctx, &people[0], sprint).await.unwrap();
    let back = register(&world.ctx, &people[0], sprint).await.unwrap();
    assert_eq!((back.registration.status, back.waitlist_position), (Waitlisted, Some(2)));
    assert_eq!(world.waiting_list(sprint).await, [id(&people[1]), id(&people[0])]);
}

#[tokio::test]
async fn a_larger_capacity_gives_seats_to_the_first_in_line() {
    let Line { world, ada, people, sprint } = Line::of(140, 1, 200).await;
    world.run_pending_jobs().await;
    let before = world.confirmation_jobs().await.len();
    let edited = edit(&world.ctx, &ada, sprint, json!({ "capacity": 136 })).await.unwrap();
    let competition = edited.competition;
    assert_eq!((competition.seats_left, competition.waitlisted), (0, 4));
    assert_eq!(world.waiting_list(sprint).await, ids(&people[136..]));
    assert_counts(&world, sprint, 136, 4).await;
    let jobs = world.confirmation_jobs().await;
    let items: Vec<_> = jobs[before..].iter().map(|job| job.items).collect();
    assert_eq!(items, [128, 7], "a job confirms more than a transaction of admission decides");
    world.run_pending_jobs().await;
    assert_eq!(newest(&world, &people[135]).await.registration.status, Confirmed);
    let received = subjects(&world, &people[135]).await;
    assert_eq!(received, ["Registration Confirmed: Code Sprint", JOINED]);
}

#[tokio::test]
async fn seats_are_passed_on_after_the_deadline_until_the_waiting_list_ends() {
    let world = World::new().await;
    let (ctx, ada) = (&world.ctx, world.organizer("Ada").await);
    let people = world.participants(4).await;
    let sprint = world.competition(&ada).seats(1).waitlist(5).promoting_for(TimeDelta::days(3));
    let sprint = sprint.create().await;
    register_all(&world, sprint, &people[..3]).await;
    world.clock.advance(TimeDelta::days(2));
    let late = register(ctx, &people[3], sprint).await;
    assert_eq!(late.unwrap_err(), ErrorCode::RegistrationClosed);
    cancel_registration(ctx, &people[0], sprint).await.unwrap();
    assert_eq!(newest(&world, &people[1]).await.registration.status, Pending);

    world.clock.advance(TimeDelta::days(1));
    cancel_registration(ctx, &people[1], sprint).await.unwrap();
    assert_eq!(newest(&world, &people[2]).await.registration.status, Waitlisted);
    assert_counts(&world, sprint, 0, 1).await;

    let later = (ctx.now().utc() + TimeDelta::hours(1)).to_rfc3339();
    edit(ctx, &ada, sprint, json!({ "promoteUntil": later })).await.unwrap();
    assert_eq!(newest(&world, &people[2]).await.registration.status, Pending);
    assert_counts(&world, sprint, 1, 0).await;
}

#[tokio::test]
async fn a_smaller_list_removes_nobody_and_takes_no_more() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let people = world.participants(4).await;
    let sprint = world.competition(&ada).seats(1).waitlist(2).create().await;
    register_all(&world, sprint, &people[..3]).await;
    edit(&world.ctx, &ada, sprint, json!({ "waitlistCapacity": 0 })).await.unwrap();
    let refused = register(&world.ctx, &people[3], sprint).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::CompetitionFull);
    cancel_registration(&world.ctx, &people[0], sprint).await.unwrap();
    assert_eq!(world.waiting_list(sprint).await, [id(&people[2])]);
    assert_counts(&world, sprint, 1, 1).await;
}

#[tokio::test]
async fn a_deleted_account_passes_its_seat_on_and_leaves_the_lists() {
    let Line { world, people, sprint, .. } = Line::of(3, 1, 5).await;
    for deleted in [&people[1], &people[0]] {
        let password = PASSWORD.to_owned();
        delete(&world.ctx, deleted, password, ClientAddress::UNKNOWN).await.unwrap();
    }
    assert_eq!(newest(&world, &people[2]).await.registration.status, Pending);
    assert_counts(&world, sprint, 1, 0).await;
}

#[tokio::test]
async fn an_account_that_is_deleted_after_the_start_is_given_no_seat_when_the_start_is_moved() {
    let Line { world, ada, people, sprint } = Line::of(3, 1, 5).await;
    world.clock.advance(TimeDelta::days(8));
    let seated = cancel_registration(&world.ctx, &people[0], sprint).await;
    assert_eq!(seated.unwrap_err(), ErrorCode::CompetitionOver);
    delete(&world.ctx, &people[1], PASSWORD.to_owned(), ClientAddress::UNKNOWN).await.unwrap();
    assert_counts(&world, sprint, 1, 1).await;
    let day = |days| (world.ctx.now().utc() + TimeDelta::days(days)).to_rfc3339();
    let moved = json!({ "regDeadline": day(1), "startDate": day(2), "capacity": 2 });
    edit(&world.ctx, &ada, sprint, moved).await.unwrap();
    assert_eq!(newest(&world, &people[2]).await.registration.status, Pending);
    assert_counts(&world, sprint, 2, 0).await;
}

#[tokio::test]
async fn an_organizer_with_a_waiting_list_cannot_delete_the_account() {
    let Line { world, ada, people, sprint } = Line::of(2, 1, 5).await;
    world.clock.advance(TimeDelta::days(1));
    cancel_registration(&world.ctx, &people[0], sprint).await.unwrap();
    assert_counts(&world, sprint, 0, 1).await;
    let preview = accounts::preview_deletion(&world.ctx, &ada).await.unwrap();
    assert_eq!((preview.blocking.count, preview.cancelled.count), (1, 0));
    let refused = delete(&world.ctx, &ada, PASSWORD.to_owned(), ClientAddress::UNKNOWN).await;
    assert_eq!(code(refused.unwrap_err()), ErrorCode::OpenCompetitions);
}

#[tokio::test]
async fn no_seat_is_passed_on_once_registration_has_closed_until_it_opens_again() {
    let Line { world, ada, people, sprint } = Line::of(3, 1, 5).await;
    world.clock.advance(TimeDelta::days(1));
    cancel_registration(&world.ctx, &people[0], sprint).await.unwrap();
    assert_counts(&world, sprint, 0, 2).await;
    let deadline = world.ctx.now().utc() + TimeDelta::hours(1);
    let later = json!({ "regDeadline": deadline.to_rfc3339() });
    edit(&world.ctx, &ada, sprint, later).await.unwrap();
    assert_counts(&world, sprint, 1, 1).await;
    assert_eq!(world.waiting_list(sprint).await, [id(&people[2])]);
}

#[tokio::test]
async fn a_seat_that_an_earlier_release_has_freed_goes_to_the_first_in_line_at_the_next_command() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let people = world.participants(4).await;
    let sprint = world.competition(&ada).seats(1).waitlist(5).create().await;
    register_all(&world, sprint, &people[..3]).await;
    // An earlier release passes no seat on.
    for sql in [
        "UPDATE registrations SET status = 'CANCELLED' WHERE status = 'PENDING'",
        "UPDATE competitions SET registered = 0, version = version + 1",
    ] {
        world.execute(sql).await.unwrap();
    }
    let new = register(&world.ctx, &people[3], sprint).await.unwrap();
    assert_eq!((new.registration.status, new.waitlist_position), (Waitlisted, Some(2)));
    assert_eq!(newest(&world, &people[1]).await.registration.status, Pending);
    assert_eq!(world.waiting_list(sprint).await, ids(&people[2..]));
    assert_counts(&world, sprint, 1, 2).await;
}

#[tokio::test]
async fn no_seat_is_passed_on_in_a_cancelled_competition() {
    let Line { world, ada, people, sprint } = Line::of(2, 1, 5).await;
    let cancelled = service::competitions::cancel_competition(&world.ctx, &ada, sprint, None).await;
    cancelled.unwrap().outcome.unwrap();
    // No command frees a seat any more.
    world.execute("DELETE FROM registrations WHERE status = 'PENDING'").await.unwrap();
    world.execute("UPDATE competitions SET registered = 0").await.unwrap();
    let refused = cancel_registration(&world.ctx, &people[1], sprint).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::CompetitionCancelled);
    assert_counts(&world, sprint, 0, 1).await;
}

#[tokio::test]
async fn a_confirmation_from_the_list_is_caused_by_the_request_that_freed_the_seat() {
    let Line { world, people, sprint, .. } = Line::of(2, 1, 5).await;
    world.run_pending_jobs().await;
    let cancel = cancel_registration(&world.ctx, &people[0], sprint);
    RequestId::new("r-7").scope(cancel).await.unwrap();
    let ids = world.request_ids_of_jobs().await;
    assert!(ids.contains(&"confirm_registrations r-7".to_owned()), "{ids:?}");
}

#[tokio::test]
async fn the_calendar_of_a_registration_that_waits_is_tentative_and_has_no_link() {
    let Line { world, ada, people, sprint } = Line::of(2, 1, 5).await;
    let link = "https://meet.example/42";
    edit(&world.ctx, &ada, sprint, json!({ "onlineUrl": link })).await.unwrap();
    let waits = newest(&world, &people[1]).await.registration.id;
    let site = "https://compete.example";
    let file = calendar::of_registration(&world.ctx, &people[1], waits, site).await.unwrap();
    assert!(file.contains("STATUS:TENTATIVE"), "{file}");
    assert!(!file.contains("meet.example"), "{file}");
}

#[tokio::test]
async fn those_who_wait_are_notified_once_that_the_competition_was_cancelled() {
    let Line { world, ada, people, sprint } = Line::of(2, 1, 5).await;
    world.run_pending_jobs().await;
    let cancelled = service::competitions::cancel_competition(&world.ctx, &ada, sprint, None).await;
    cancelled.unwrap().outcome.unwrap();
    world.run_pending_jobs().await;
    let received = subjects(&world, &people[1]).await;
    assert_eq!(received, ["Competition cancelled: Code Sprint", JOINED]);
    let left = cancel_registration(&world.ctx, &people[1], sprint).await;
    assert_eq!(left.unwrap_err(), ErrorCode::CompetitionCancelled);
    assert_counts(&world, sprint, 1, 1).await;
}

#[tokio::test]
async fn cancellations_at_once_in_two_processes_give_their_seats_to_the_first_in_order() {
    const SEATS: usize = 40;
    const CANCELLED: usize = 25;
    let world = World::new().await;
    let other = world.second_process().await;
    let ada = world.organizer("Ada").await;
    let people = world.participants_in_bulk(2 * SEATS).await;
    let sprint = world.competition(&ada).seats(40).waitlist(40).create().await;
    register_all(&world, sprint, &people).await;
    let cancellations = people[..CANCELLED].iter().enumerate().map(|(number, participant)| {
        let ctx = if number % 2 == 0 { world.ctx.clone() } else { other.clone() };
        let participant = participant.clone();
        async move { cancel_registration(&ctx, &participant, sprint).await }
    });
    for outcome in at_once(cancellations).await {
        outcome.unwrap();
    }
    assert_eq!(world.waiting_list(sprint).await, ids(&people[SEATS + CANCELLED..]));
    let (seats, waiting) = (SEATS as u64, (SEATS - CANCELLED) as u64);
    assert_counts(&world, sprint, seats, waiting).await;
    world.run_pending_jobs().await;
    for promoted in &people[SEATS..SEATS + CANCELLED] {
        assert_eq!(mails(&world, promoted).await.len(), 1);
    }
}

#[tokio::test]
async fn a_key_replays_the_position_that_it_was_answered_with() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let people = world.participants(2).await;
    let sprint = world.competition(&ada).seats(1).waitlist(5).create().await;
    register(&world.ctx, &people[0], sprint).await.unwrap();
    let first = register_with_key(&world.ctx, &people[1], sprint, "k").await.unwrap();
    cancel_registration(&world.ctx, &people[0], sprint).await.unwrap();
    let again = register_with_key(&world.ctx, &people[1], sprint, "k").await.unwrap();
    assert!(again.replayed);
    let (first, again) = (first.outcome.unwrap(), again.outcome.unwrap());
    assert_eq!((first.waitlist_position, &first), (Some(1), &again));
}

#[tokio::test]
async fn a_competition_with_a_waiting_list_cannot_become_a_draft() {
    let Line { world, ada, people, sprint } = Line::of(2, 1, 5).await;
    world.clock.advance(TimeDelta::days(1));
    cancel_registration(&world.ctx, &people[0], sprint).await.unwrap();
    let unpublished = edit(&world.ctx, &ada, sprint, json!({ "visibility": "DRAFT" })).await;
    assert_eq!(unpublished.unwrap_err(), ErrorCode::HasRegistrations);
}
