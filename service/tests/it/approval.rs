//! Approval: registrations wait for their organizer, who gives them a seat or rejects them.

use chrono::TimeDelta;
use domain::{
    CompetitionId, ErrorCode, MyRegistration, Paging, RegistrationId, RegistrationStatus,
    RegistrationStatus::{AwaitingApproval, Cancelled, Confirmed, Pending, Rejected, Waitlisted},
    ReviewedRegistrations, RosterQuery,
};
use serde_json::json;
use service::{
    Actor, ClientAddress,
    accounts::delete,
    registration,
    testing::{PASSWORD, World},
};

use crate::support::{
    approve, cancel_competition, cancel_registration, code, edit, mails, register, reject, subjects,
};

/// A competition of Ada's with approval, for which people have registered in their order.
struct Requests {
    world: World,
    ada: Actor,
    people: Vec<Actor>,
    ids: Vec<RegistrationId>,
    sprint: CompetitionId,
}

impl Requests {
    async fn of(people: usize, seats: i64, waitlist: u32) -> Self {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let people = world.participants(people).await;
        let new = world.competition(&ada).seats(seats).waitlist(waitlist).with_approval();
        let sprint = new.create().await;
        let mut ids = Vec::new();
        for participant in &people {
            let new = register(&world.ctx, participant, sprint).await.unwrap();
            assert_eq!(new.registration.status, AwaitingApproval);
            ids.push(new.registration.id);
        }
        Self { world, ada, people, ids, sprint }
    }

    async fn approve(&self, ids: &[RegistrationId]) -> ReviewedRegistrations {
        self.try_approve(&self.ada, ids).await.unwrap()
    }

    async fn try_approve(
        &self,
        actor: &Actor,
        ids: &[RegistrationId],
    ) -> Result<ReviewedRegistrations, ErrorCode> {
        approve(&self.world.ctx, actor, self.sprint, ids).await
    }

    async fn reject(&self, ids: &[RegistrationId], reason: &str) -> ReviewedRegistrations {
        reject(&self.world.ctx, &self.ada, self.sprint, ids, reason).await.unwrap()
    }

    async fn newest(&self, person: usize) -> MyRegistration {
        let paging = Paging { page: 1, limit: 1 };
        let mine = registration::mine(&self.world.ctx, &self.people[person], paging).await;
        mine.unwrap().items.remove(0)
    }

    async fn statuses(&self) -> Vec<RegistrationStatus> {
        let mut statuses = Vec::new();
        for person in 0..self.people.len() {
            statuses.push(self.newest(person).await.registration.status);
        }
        statuses
    }

    /// The counts in the row of the competition equal the rows.
    async fn assert_counts(&self, seats: u64, waiting: u64, awaiting: u64) {
        let tally = self.world.tally(self.sprint).await;
        assert_eq!((tally.registered, tally.seats_taken), (seats, seats), "seats");
        assert_eq!((tally.waitlisted, tally.waiting), (waiting, waiting), "waiting list");
        assert_eq!((tally.awaiting_approval, tally.awaiting), (awaiting, awaiting), "approval");
    }

    /// Newest first.
    async fn subjects(&self, person: usize) -> Vec<String> {
        subjects(&self.world, &self.people[person]).await
    }
}

#[tokio::test]
async fn a_registration_that_needs_approval_has_no_seat_until_it_is_approved() {
    let requests = Requests::of(3, 2, 0).await;
    requests.assert_counts(0, 0, 3).await;
    requests.world.run_pending_jobs().await;
    assert!(requests.subjects(0).await.is_empty(), "nothing is confirmed yet");
    let reviewed = requests.approve(&[requests.ids[2], requests.ids[0]]).await;
    assert_eq!(reviewed.refused, []);
    let approved: Vec<_> = reviewed.reviewed.iter().map(|row| (row.id, row.status)).collect();
    assert_eq!(approved, [(requests.ids[2], Pending), (requests.ids[0], Pending)]);
    requests.assert_counts(2, 0, 1).await;
    requests.world.run_pending_jobs().await;
    assert_eq!(requests.statuses().await, [Confirmed, AwaitingApproval, Confirmed]);
    assert_eq!(requests.subjects(0).await, ["Registration Confirmed: Code Sprint"]);
    let mail = mails(&requests.world, &requests.people[0]).await.remove(0);
    assert!(mail.body.contains("The organizer has approved your registration."), "{}", mail.body);
}

#[tokio::test]
async fn an_approval_without_a_free_seat_joins_the_waiting_list_until_that_is_full() {
    let requests = Requests::of(3, 1, 1).await;
    let reviewed = requests.approve(&requests.ids).await;
    let approved: Vec<_> = reviewed.reviewed.iter().map(|row| row.status).collect();
    assert_eq!(approved, [Pending, Waitlisted]);
    let refused: Vec<_> =
        reviewed.refused.iter().map(|refused| (refused.registration_id, refused.code)).collect();
    assert_eq!(refused, [(requests.ids[2], ErrorCode::CompetitionFull)]);
    requests.assert_counts(1, 1, 1).await;
    requests.world.run_pending_jobs().await;
    assert_eq!(requests.subjects(1).await, ["On the waiting list: Code Sprint"]);
    assert!(requests.subjects(2).await.is_empty());
    // The freed seat goes to the list, not to the one who waits for approval.
    cancel_registration(&requests.world.ctx, &requests.people[0], requests.sprint).await.unwrap();
    requests.world.run_pending_jobs().await;
    assert_eq!(requests.statuses().await, [Cancelled, Confirmed, AwaitingApproval]);
    requests.assert_counts(1, 0, 1).await;
}

#[tokio::test]
async fn a_repeated_review_changes_and_notifies_nothing_again() {
    let requests = Requests::of(2, 2, 0).await;
    for _ in 0..2 {
        assert_eq!(requests.approve(&requests.ids[..1]).await.reviewed[0].id, requests.ids[0]);
        assert_eq!(requests.reject(&requests.ids[1..], "Too late").await.refused, []);
        requests.world.run_pending_jobs().await;
    }
    requests.assert_counts(1, 0, 0).await;
    assert_eq!(requests.subjects(0).await, ["Registration Confirmed: Code Sprint"]);
    assert_eq!(requests.subjects(1).await, ["Registration not approved: Code Sprint"]);
}

#[tokio::test]
async fn a_rejected_participant_sees_the_reason_and_cannot_register_again() {
    let requests = Requests::of(1, 2, 0).await;
    requests.reject(&requests.ids, "Students only").await;
    requests.world.run_pending_jobs().await;
    let mail = mails(&requests.world, &requests.people[0]).await.remove(0);
    assert!(mail.body.contains("Reason: Students only"), "{}", mail.body);
    let mine = requests.newest(0).await;
    assert_eq!(mine.registration.status, Rejected);
    assert_eq!(mine.rejection_reason.as_deref(), Some("Students only"));
    let (ctx, person) = (&requests.world.ctx, &requests.people[0]);
    let again = register(ctx, person, requests.sprint).await;
    assert_eq!(again.unwrap_err(), ErrorCode::RegistrationRejected);
    // A cancellation does not undo the rejection.
    cancel_registration(ctx, person, requests.sprint).await.unwrap();
    assert_eq!(requests.newest(0).await.registration.status, Rejected);
    let filter = RosterQuery { status: Some("REJECTED".into()), ..Default::default() };
    let filter = filter.check().unwrap();
    let roster =
        registration::browse_roster(ctx, &requests.ada, requests.sprint, &filter).await.unwrap();
    assert_eq!(roster.totals.rejected, 1);
    assert_eq!(roster.found.items[0].rejection_reason.as_deref(), Some("Students only"));
    // The organizer can change their mind.
    requests.approve(&requests.ids).await;
    let mine = requests.newest(0).await;
    assert_eq!((mine.registration.status, mine.rejection_reason), (Pending, None));
    requests.assert_counts(1, 0, 0).await;
}

#[tokio::test]
async fn removing_a_registration_gives_its_seat_to_the_first_on_the_waiting_list() {
    let requests = Requests::of(3, 1, 2).await;
    requests.approve(&requests.ids).await;
    requests.world.run_pending_jobs().await;
    let removed = requests.reject(&requests.ids[..1], "").await;
    assert_eq!(removed.reviewed[0].status, Rejected);
    requests.assert_counts(1, 1, 0).await;
    requests.world.run_pending_jobs().await;
    assert_eq!(requests.statuses().await, [Rejected, Confirmed, Waitlisted]);
    let removed = mails(&requests.world, &requests.people[0]).await.remove(0);
    assert_eq!(removed.subject, "Registration removed: Code Sprint");
    assert!(!removed.body.contains("Reason"), "{}", removed.body);
    // One on the list can be removed as well.
    requests.reject(&requests.ids[2..], "").await;
    requests.assert_counts(1, 0, 0).await;
}

#[tokio::test]
async fn a_decision_that_another_one_has_replaced_is_not_notified() {
    let requests = Requests::of(1, 1, 0).await;
    requests.reject(&requests.ids, "A mistake").await;
    requests.approve(&requests.ids).await;
    requests.world.run_pending_jobs().await;
    assert_eq!(requests.subjects(0).await, ["Registration Confirmed: Code Sprint"]);
}

#[tokio::test]
async fn a_review_decides_on_registrations_of_the_own_competition_only() {
    let requests = Requests::of(2, 5, 0).await;
    let grace = requests.world.organizer("Grace").await;
    let of_grace = requests.world.competition(&grace).with_approval().create().await;
    let theirs = register(&requests.world.ctx, &requests.people[0], of_grace).await.unwrap();
    let reviewed = requests.approve(&[theirs.registration.id]).await;
    assert_eq!(reviewed.reviewed, []);
    assert_eq!(reviewed.refused[0].code, ErrorCode::NotRegistered);
    let mine = registration::get(&requests.world.ctx, &requests.people[0], theirs.registration.id);
    assert_eq!(mine.await.unwrap().registration.status, AwaitingApproval);
    let refused = requests.try_approve(&grace, &requests.ids).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::Forbidden);
    let refused = requests.try_approve(&requests.people[1], &requests.ids).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::Forbidden);
    requests.assert_counts(0, 0, 2).await;
}

#[tokio::test]
async fn a_cancelled_registration_cannot_be_reviewed() {
    let requests = Requests::of(1, 1, 0).await;
    cancel_registration(&requests.world.ctx, &requests.people[0], requests.sprint).await.unwrap();
    requests.assert_counts(0, 0, 0).await;
    let reviewed = requests.approve(&requests.ids).await;
    assert_eq!(reviewed.refused[0].code, ErrorCode::RegistrationCancelled);
    assert_eq!(requests.statuses().await, [Cancelled]);
}

#[tokio::test]
async fn requests_are_taken_while_there_is_room_and_reviewed_until_the_competition_is_over() {
    let requests = Requests::of(3, 2, 0).await;
    let late = requests.world.participant("Late").await;
    requests.approve(&requests.ids[..2]).await;
    let refused = register(&requests.world.ctx, &late, requests.sprint).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::CompetitionFull);
    // After the deadline, a seat that was freed can be given to a request.
    requests.world.clock.advance(TimeDelta::days(2));
    cancel_registration(&requests.world.ctx, &requests.people[0], requests.sprint).await.unwrap();
    requests.approve(&requests.ids[2..]).await;
    assert_eq!(requests.statuses().await, [Cancelled, Pending, Pending]);
    requests.world.clock.advance(TimeDelta::days(6));
    let refused = requests.try_approve(&requests.ada, &requests.ids).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::CompetitionOver);
}

#[tokio::test]
async fn a_free_seat_goes_to_any_registration_on_the_list_once_that_is_closed() {
    let requests = Requests::of(3, 1, 2).await;
    requests.approve(&requests.ids).await;
    let last = &requests.ids[2..];
    requests.approve(last).await;
    assert_eq!(requests.statuses().await, [Pending, Waitlisted, Waitlisted]);
    requests.world.clock.advance(TimeDelta::days(2));
    cancel_registration(&requests.world.ctx, &requests.people[0], requests.sprint).await.unwrap();
    assert_eq!(requests.approve(last).await.reviewed[0].status, Pending);
    requests.world.run_pending_jobs().await;
    assert_eq!(requests.statuses().await, [Cancelled, Waitlisted, Confirmed]);
    requests.assert_counts(1, 1, 0).await;
    assert_eq!(requests.subjects(2).await[0], "Registration Confirmed: Code Sprint");
}

#[tokio::test]
async fn an_approved_request_joins_the_list_after_the_deadline_until_the_list_ends() {
    let requests = Requests::of(3, 1, 2).await;
    let (ctx, ada) = (&requests.world.ctx, &requests.ada);
    let end = (ctx.now().utc() + TimeDelta::days(3)).to_rfc3339();
    edit(ctx, ada, requests.sprint, json!({ "promoteUntil": end })).await.unwrap();
    requests.world.clock.advance(TimeDelta::days(2));
    requests.approve(&requests.ids[..2]).await;
    assert_eq!(requests.statuses().await, [Pending, Waitlisted, AwaitingApproval]);
    cancel_registration(ctx, &requests.people[0], requests.sprint).await.unwrap();
    assert_eq!(requests.statuses().await, [Cancelled, Pending, AwaitingApproval]);

    requests.world.clock.advance(TimeDelta::days(1));
    let full = requests.approve(&requests.ids[2..]).await;
    assert_eq!(full.refused[0].code, ErrorCode::CompetitionFull);
    requests.assert_counts(1, 0, 1).await;
}

#[tokio::test]
async fn registrations_keep_waiting_when_approval_is_switched_off() {
    let requests = Requests::of(1, 2, 0).await;
    let (ctx, ada) = (&requests.world.ctx, &requests.ada);
    edit(ctx, ada, requests.sprint, json!({ "approvalRequired": false })).await.unwrap();
    let direct = requests.world.participant("Direct").await;
    let new = register(ctx, &direct, requests.sprint).await.unwrap();
    assert_eq!(new.registration.status, Pending);
    assert_eq!(requests.statuses().await, [AwaitingApproval]);
    requests.approve(&requests.ids).await;
    requests.assert_counts(2, 0, 0).await;
}

#[tokio::test]
async fn requests_keep_a_competition_from_becoming_a_draft_and_its_organizer_from_leaving() {
    let requests = Requests::of(1, 2, 0).await;
    let (ctx, ada) = (&requests.world.ctx, &requests.ada);
    let refused = edit(ctx, ada, requests.sprint, json!({ "visibility": "DRAFT" })).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::HasRegistrations);
    let refused = delete(ctx, ada, PASSWORD.to_owned(), ClientAddress::UNKNOWN).await;
    assert_eq!(code(refused.unwrap_err()), ErrorCode::OpenCompetitions);
    requests.reject(&requests.ids, "").await;
    edit(ctx, ada, requests.sprint, json!({ "visibility": "DRAFT" })).await.unwrap();
    // Nobody gets a seat in a draft.
    let refused = requests.try_approve(ada, &requests.ids).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::RegistrationNotOpen);
}

#[tokio::test]
async fn a_reason_does_not_outlive_the_account_that_it_is_about() {
    let requests = Requests::of(1, 2, 0).await;
    requests.reject(&requests.ids, "Grace Hopper is too late").await;
    requests.approve(&requests.ids).await;
    requests.world.clock.advance(TimeDelta::days(8));
    let (ctx, person) = (&requests.world.ctx, &requests.people[0]);
    delete(ctx, person, PASSWORD.to_owned(), ClientAddress::UNKNOWN).await.unwrap();
    assert!(!requests.world.stored_text().await.contains("Grace Hopper"));
}

#[tokio::test]
async fn a_cancelled_competition_takes_no_review_and_sends_its_cancellation_notice_only() {
    let requests = Requests::of(3, 1, 1).await;
    let (ctx, ada) = (&requests.world.ctx, &requests.ada);
    requests.approve(&requests.ids[..2]).await;
    cancel_competition(ctx, ada, requests.sprint).await.unwrap();
    let refused = requests.try_approve(ada, &requests.ids).await;
    assert_eq!(refused.unwrap_err(), ErrorCode::CompetitionCancelled);
    requests.world.run_pending_jobs().await;
    for person in 0..3 {
        assert_eq!(requests.subjects(person).await, ["Competition cancelled: Code Sprint"]);
    }
}
