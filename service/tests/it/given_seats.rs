//! Seats that the organizer gives: to registrations ahead of the waiting list, and to participants
//! whom the organizer adds.

use chrono::TimeDelta;
use domain::{
    CompetitionId, ErrorCode, NewRegistration, RegistrationEventKind, RegistrationId,
    RegistrationStatus,
    RegistrationStatus::{AwaitingApproval, Confirmed, Pending, Rejected, Waitlisted},
    ReviewedRegistrations,
};
use serde_json::{Value, json};
use service::{Actor, accounts, competitions, registration, testing::World};

use crate::support::{approve, cancel_registration, code, edit, mails, register, reject, subjects};

/// A competition of Ada's.
struct Sprint {
    world: World,
    ada: Actor,
    id: CompetitionId,
}

impl Sprint {
    async fn new(seats: i64, waitlist: u32) -> Self {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let new = world.competition(&ada).seats(seats).waitlist(waitlist);
        let id = new.closing_in(TimeDelta::days(7)).starting_in(TimeDelta::days(14)).create().await;
        Self { world, ada, id }
    }

    /// Registers so many people, in their order.
    async fn register(&self, people: usize) -> (Vec<Actor>, Vec<RegistrationId>) {
        let people = self.world.participants(people).await;
        let mut ids = Vec::new();
        for person in &people {
            let new = register(&self.world.ctx, person, self.id).await.unwrap();
            ids.push(new.registration.id);
        }
        (people, ids)
    }

    async fn promote(&self, ids: &[RegistrationId], adds_seats: bool) -> ReviewedRegistrations {
        let input = json!({ "registrationIds": ids, "addSeats": adds_seats });
        let input = serde_json::from_value(input).unwrap();
        let promoted =
            registration::promote(&self.world.ctx, &self.ada, self.id, input, None).await;
        promoted.unwrap().outcome.unwrap()
    }

    async fn add(&self, person: &Actor, adds_seat: bool) -> Result<NewRegistration, ErrorCode> {
        let email = &person.user().unwrap().email;
        self.try_add(&self.ada, json!({ "email": email, "addSeat": adds_seat })).await
    }

    async fn try_add(&self, actor: &Actor, input: Value) -> Result<NewRegistration, ErrorCode> {
        let input = serde_json::from_value(input).unwrap();
        let ctx = &self.world.ctx;
        match registration::add_participant(ctx, actor, self.id, input, None).await {
            Ok(decision) => decision.outcome.map_err(|refusal| refusal.code),
            Err(error) => Err(code(error)),
        }
    }

    async fn status(&self, id: RegistrationId) -> RegistrationStatus {
        self.record(id).await.entry.registration.status
    }

    async fn record(&self, id: RegistrationId) -> domain::RegistrationRecord {
        registration::record(&self.world.ctx, &self.ada, self.id, id).await.unwrap()
    }

    async fn competition(&self) -> domain::Competition {
        competitions::get(&self.world.ctx, self.id).await.unwrap().competition
    }

    /// The counts in the row of the competition equal the rows.
    async fn assert_counts(&self, seats: u64, waiting: u64) {
        let tally = self.world.tally(self.id).await;
        assert_eq!((tally.registered, tally.seats_taken), (seats, seats), "seats");
        assert_eq!((tally.waitlisted, tally.waiting), (waiting, waiting), "waiting list");
        assert_eq!((tally.awaiting_approval, tally.awaiting), (0, 0), "approval");
    }
}

#[tokio::test]
async fn a_registration_is_given_an_added_seat_ahead_of_the_waiting_list() {
    let sprint = Sprint::new(1, 5).await;
    let (people, ids) = sprint.register(4).await;
    let before = sprint.competition().await;

    let refused = sprint.promote(&ids[3..], false).await;
    assert_eq!(refused.refused[0].code, ErrorCode::CompetitionFull);
    assert_eq!(sprint.competition().await, before);

    let promoted = sprint.promote(&ids[3..], true).await;
    assert_eq!(promoted.reviewed[0].status, Pending);
    sprint.assert_counts(2, 2).await;
    let after = sprint.competition().await;
    assert_eq!((after.capacity, after.version), (2, before.version + 1));
    assert_eq!((after.title, after.description), (before.title, before.description));
    assert_eq!(sprint.world.waiting_list(sprint.id).await.len(), 2);

    // The confirmation says it.
    assert_eq!(sprint.world.jobs_of_kind("notify_of_reviews").await, 0);
    sprint.world.run_pending_jobs().await;
    assert_eq!(sprint.status(ids[3]).await, Confirmed);
    let mail = mails(&sprint.world, &people[3]).await.remove(0);
    assert!(mail.body.contains("The organizer has given you a seat."), "{}", mail.body);
    let events = sprint.record(ids[3]).await.events;
    assert_eq!(events[0].kind, RegistrationEventKind::Promoted);
    assert_eq!(events[0].by.as_deref(), Some("Ada"));

    // Again: nothing changes, and nobody is notified.
    assert_eq!(sprint.promote(&ids[3..], true).await.reviewed[0].status, Confirmed);
    sprint.world.run_pending_jobs().await;
    assert_eq!(mails(&sprint.world, &people[3]).await.len(), 1);
    assert_eq!(
        (sprint.competition().await.capacity, sprint.record(ids[3]).await.events.len()),
        (2, 1)
    );
    // The next free seat goes to the first in line.
    cancel_registration(&sprint.world.ctx, &people[0], sprint.id).await.unwrap();
    assert_eq!((sprint.status(ids[1]).await, sprint.status(ids[2]).await), (Pending, Waitlisted));
}

#[tokio::test]
async fn a_free_seat_is_given_without_adding_one_after_the_list_has_ended() {
    let sprint = Sprint::new(1, 5).await;
    let (people, ids) = sprint.register(3).await;
    sprint.world.clock.advance(TimeDelta::days(8));
    cancel_registration(&sprint.world.ctx, &people[0], sprint.id).await.unwrap();
    let both = sprint.promote(&[ids[2], ids[1]], false).await;
    assert_eq!((both.reviewed[0].id, both.refused[0].registration_id), (ids[2], ids[1]));
    assert_eq!(sprint.competition().await.capacity, 1);
    sprint.assert_counts(1, 1).await;
}

#[tokio::test]
async fn requests_and_rejected_registrations_are_given_a_seat_too() {
    let sprint = Sprint::new(1, 0).await;
    let patch = json!({ "approvalRequired": true });
    edit(&sprint.world.ctx, &sprint.ada, sprint.id, patch).await.unwrap();
    let (_, ids) = sprint.register(3).await;
    approve(&sprint.world.ctx, &sprint.ada, sprint.id, &ids[..1]).await.unwrap();
    reject(&sprint.world.ctx, &sprint.ada, sprint.id, &ids[1..2], "").await.unwrap();
    assert_eq!(
        (sprint.status(ids[1]).await, sprint.status(ids[2]).await),
        (Rejected, AwaitingApproval)
    );
    let promoted = sprint.promote(&ids[1..], true).await;
    assert_eq!(promoted.reviewed.len(), 2);
    sprint.assert_counts(3, 0).await;
    assert_eq!(sprint.competition().await.capacity, 3);
}

#[tokio::test]
async fn a_participant_is_added_after_the_deadline_and_without_approval() {
    let sprint = Sprint::new(1, 0).await;
    let patch = json!({ "approvalRequired": true });
    edit(&sprint.world.ctx, &sprint.ada, sprint.id, patch).await.unwrap();
    sprint.world.clock.advance(TimeDelta::days(8));
    let [ben, eve] = &sprint.world.participants(2).await[..] else { panic!("two") };
    assert_eq!(
        register(&sprint.world.ctx, ben, sprint.id).await.unwrap_err(),
        ErrorCode::RegistrationClosed
    );

    let added = sprint.add(ben, false).await.unwrap();
    assert_eq!(
        (added.registration.status, &*added.user.email),
        (Pending, &*ben.user().unwrap().email)
    );
    assert_eq!(added.registration.idempotency_key, None);
    assert_eq!(sprint.add(ben, true).await.unwrap_err(), ErrorCode::AlreadyRegistered);
    assert_eq!(sprint.add(eve, false).await.unwrap_err(), ErrorCode::CompetitionFull);
    let version = sprint.competition().await.version;
    assert_eq!(sprint.add(eve, true).await.unwrap().registration.status, Pending);
    let after = sprint.competition().await;
    assert_eq!((after.capacity, after.version), (2, version + 1));
    sprint.assert_counts(2, 0).await;

    sprint.world.run_pending_jobs().await;
    let mail = mails(&sprint.world, ben).await.remove(0);
    assert!(mail.body.contains("The organizer has given you a seat."), "{}", mail.body);
    let record = sprint.record(added.registration.id).await;
    assert_eq!((record.entry.registration.status, record.events.len()), (Confirmed, 1));
    assert_eq!(record.events[0].kind, RegistrationEventKind::Added);
    // A participant who does not want to take part cancels.
    cancel_registration(&sprint.world.ctx, ben, sprint.id).await.unwrap();
}

#[tokio::test]
async fn a_participant_who_is_added_overtakes_nobody_on_the_waiting_list() {
    let sprint = Sprint::new(1, 2).await;
    let [first, second, kim, max, zoe] = &sprint.world.participants(5).await[..] else {
        panic!("five")
    };
    register(&sprint.world.ctx, first, sprint.id).await.unwrap();
    let waiting = register(&sprint.world.ctx, second, sprint.id).await.unwrap().registration.id;
    let added = sprint.add(kim, false).await.unwrap();
    assert_eq!((added.registration.status, added.waitlist_position), (Waitlisted, Some(2)));
    assert_eq!(sprint.add(max, false).await.unwrap_err(), ErrorCode::CompetitionFull);
    // An added seat is for the participant, who is not on the list.
    assert_eq!(sprint.add(zoe, true).await.unwrap().registration.status, Pending);
    sprint.assert_counts(2, 2).await;
    // The texts of the competition, which adding a seat does not read, stay.
    let after = sprint.competition().await;
    assert!(!after.description.is_empty());
    let query = domain::CompetitionQuery {
        search: after.description.split(' ').next().map(Into::into),
        ..Default::default()
    };
    assert_eq!(crate::support::titles(&sprint.world, query).await.len(), 1);
    assert_eq!(sprint.status(waiting).await, Waitlisted);
    sprint.world.run_pending_jobs().await;
    assert_eq!(subjects(&sprint.world, kim).await, ["On the waiting list: Code Sprint"]);
    let mail = mails(&sprint.world, kim).await.remove(0);
    assert!(mail.body.contains("has added you to the waiting list"), "{}", mail.body);
}

#[tokio::test]
async fn a_participant_who_cancelled_or_was_rejected_is_added_again_with_the_earlier_answers() {
    let sprint = Sprint::new(5, 0).await;
    let questions = json!({ "questions": [{ "kind": "SHORT_TEXT", "label": "Team" }] });
    let asked = edit(&sprint.world.ctx, &sprint.ada, sprint.id, questions).await.unwrap().questions;
    let people = sprint.world.participants(2).await;
    let mut ids = Vec::new();
    for person in &people {
        let answers = json!([{ "questionId": asked[0].id, "value": "Red" }]);
        let input = serde_json::from_value(json!({ "answers": answers })).unwrap();
        let ctx = &sprint.world.ctx;
        let new = registration::register_with(ctx, person, sprint.id, input, None);
        ids.push(new.await.unwrap().outcome.unwrap().registration.id);
    }
    cancel_registration(&sprint.world.ctx, &people[0], sprint.id).await.unwrap();
    reject(&sprint.world.ctx, &sprint.ada, sprint.id, &ids[1..], "Too late").await.unwrap();
    for (person, id) in people.iter().zip(&ids) {
        let added = sprint.add(person, false).await.unwrap();
        assert_eq!((added.registration.id, added.registration.status), (*id, Pending));
        let entry = sprint.record(*id).await.entry;
        assert_eq!((entry.answers.len(), entry.rejection_reason), (1, None));
    }
    sprint.assert_counts(2, 0).await;
}

#[tokio::test]
async fn only_participants_with_an_account_are_added_to_the_own_competition_only() {
    let sprint = Sprint::new(5, 0).await;
    let (bob, ben) = (sprint.world.organizer("Bob").await, sprint.world.participant("Ben").await);
    let of = |actor: &Actor| json!({ "email": actor.user().unwrap().email.to_uppercase() });
    for (actor, input, expected) in [
        (&Actor::anonymous(), of(&ben), ErrorCode::Unauthorized),
        (&ben, of(&ben), ErrorCode::Forbidden),
        // Not whether the address has an account.
        (&bob, json!({ "email": "nobody@example.com" }), ErrorCode::Forbidden),
        (&sprint.ada, json!({ "email": "nobody@example.com" }), ErrorCode::AccountNotFound),
        (&sprint.ada, of(&bob), ErrorCode::AccountNotFound),
        (&sprint.ada, json!({ "email": "ben" }), ErrorCode::ValidationFailed),
    ] {
        assert_eq!(sprint.try_add(actor, input).await.unwrap_err(), expected);
    }
    assert!(sprint.try_add(&sprint.ada, of(&ben)).await.is_ok());
    let kim = sprint.world.participant("Kim").await;
    let address = domain::Email::parse(&kim.user().unwrap().email).unwrap();
    accounts::disable(&sprint.world.ctx, &address).await.unwrap();
    assert_eq!(sprint.add(&kim, false).await.unwrap_err(), ErrorCode::AccountNotFound);
}

#[tokio::test]
async fn no_seat_is_given_in_a_competition_that_is_cancelled_over_or_a_draft() {
    let sprint = Sprint::new(5, 0).await;
    let ben = sprint.world.participant("Ben").await;
    let draft = json!({ "visibility": "DRAFT" });
    edit(&sprint.world.ctx, &sprint.ada, sprint.id, draft).await.unwrap();
    assert_eq!(sprint.add(&ben, true).await.unwrap_err(), ErrorCode::RegistrationNotOpen);
    let public = json!({ "visibility": "PUBLIC" });
    edit(&sprint.world.ctx, &sprint.ada, sprint.id, public).await.unwrap();
    sprint.world.clock.advance(TimeDelta::days(400));
    assert_eq!(sprint.add(&ben, true).await.unwrap_err(), ErrorCode::CompetitionOver);
    assert_eq!(sprint.competition().await.capacity, 5);
}

#[tokio::test]
async fn seats_are_given_and_taken_back_while_a_competition_is_under_way() {
    let sprint = Sprint::new(1, 1).await;
    let (people, ids) = sprint.register(2).await;
    let end = sprint.world.ctx.now().utc() + TimeDelta::days(16);
    let ends = json!({ "endsAt": domain::Timestamp::from(end) });
    edit(&sprint.world.ctx, &sprint.ada, sprint.id, ends).await.unwrap();
    sprint.world.clock.advance(TimeDelta::days(16) - TimeDelta::milliseconds(1));
    let take_back = async |id| {
        let rejected = reject(&sprint.world.ctx, &sprint.ada, sprint.id, &[id], "").await;
        rejected.map(|all| all.reviewed.len())
    };
    assert_eq!(take_back(ids[0]).await, Ok(1));
    // The waiting list has ended, so its first is not given the seat.
    sprint.assert_counts(0, 1).await;
    let late = sprint.world.participant("Late").await;
    assert_eq!(sprint.add(&late, false).await.unwrap().registration.status, Pending);
    assert_eq!(sprint.promote(&ids[1..], true).await.reviewed[0].status, Pending);
    sprint.assert_counts(2, 0).await;

    sprint.world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(take_back(ids[1]).await, Err(ErrorCode::CompetitionOver));
    assert_eq!(sprint.add(&people[0], true).await.unwrap_err(), ErrorCode::CompetitionOver);
    sprint.assert_counts(2, 0).await;
}

#[tokio::test]
async fn no_seat_is_added_to_a_competition_with_as_many_as_it_can_have() {
    let sprint = Sprint::new(1, 5).await;
    let (_, ids) = sprint.register(2).await;
    let most = domain::MAX_CAPACITY;
    let fill = format!("UPDATE competitions SET capacity = {most}, registered = {most}");
    sprint.world.execute(&fill).await.unwrap();
    let refused = sprint.promote(&ids[1..], true).await.refused;
    assert_eq!(refused[0].code, ErrorCode::CompetitionFull);
    assert!(refused[0].message.contains("as many as it can have"), "{}", refused[0].message);
    let ben = sprint.world.participant("Ben").await;
    assert_eq!(sprint.add(&ben, true).await.unwrap().registration.status, Waitlisted);
}
