//! The rules of reviews: the organizer gives registrations a seat, or takes it from them.

use domain::{
    ErrorCode, EventType, PublicError, RefusedReview, RegistrationEventKind as Kind,
    RegistrationId, RegistrationStatus, RejectionReason, Review, ReviewVerdict,
    ReviewedRegistrations, UserId,
};

use super::{CANCELLED, Ledger, OVER};
use crate::{
    admission::{
        command::Request,
        decision::{Effect, Verdict},
    },
    confirmation::SeatFrom,
    entity::{registration, registration_event},
    infrastructure::ids::new_id,
};

impl Ledger {
    /// Decides on registrations one by one, in the order given: one that is refused leaves the
    /// others as they are decided. A repeated review is granted: the response to the first may have
    /// been lost.
    pub(super) fn review(&mut self, request: &Request, review: &Review) -> Verdict {
        if let Some(refusal) = self.review_refusal() {
            return Verdict::Refused(refusal);
        }
        let capacity = self.after.capacity;
        let mut all = ReviewedRegistrations::default();
        for &id in &review.registrations {
            let decided = self.reviewed_user(id).and_then(|user| match &review.verdict {
                ReviewVerdict::Approve => self.approve(request, user),
                ReviewVerdict::Promote { adds_seats } => self.promote(request, user, *adds_seats),
                ReviewVerdict::Reject { reason } => self.reject(request, user, reason.as_ref()),
            });
            match decided {
                Ok(row) => all.reviewed.push(row.into_view()),
                Err(refusal) => all.refused.push(RefusedReview {
                    registration_id: id,
                    code: refusal.code,
                    message: refusal.message,
                }),
            }
        }
        self.record_added_seats(capacity);
        Verdict::Granted(Effect::RegistrationsReviewed(Box::new(all)))
    }

    /// Why its organizer decides on no registrations for the competition now.
    pub(super) fn review_refusal(&self) -> Option<PublicError> {
        let (code, message) = if self.after.cancelled_at.is_some() {
            (ErrorCode::CompetitionCancelled, CANCELLED)
        } else if self.after.visibility.is_draft() {
            // Nobody has a seat in a draft.
            let message = "The competition is a draft: publish it first";
            (ErrorCode::RegistrationNotOpen, message)
        } else if self.after.dates().is_over(self.now) {
            // The roster says who took part.
            (ErrorCode::CompetitionOver, OVER)
        } else {
            return None;
        };
        Some(PublicError::new(code, message))
    }

    /// Whose registration it is. Refuses those of other competitions, and those that the
    /// participant has cancelled.
    fn reviewed_user(&self, id: RegistrationId) -> Result<UserId, PublicError> {
        let Some(&user) = self.users.get(&id) else {
            return Err(PublicError::registration_not_found());
        };
        if self.registrations[&user].row.status.is_reviewable() {
            return Ok(user);
        }
        let message = "The participant has cancelled this registration";
        Err(PublicError::new(ErrorCode::RegistrationCancelled, message))
    }

    /// Gives a registration a seat, or adds it to the end of the waiting list. It overtakes nobody
    /// who may still be given a seat. One on the list stays there while seats are passed on; later
    /// it gets a free seat.
    fn approve(
        &mut self,
        request: &Request,
        user: UserId,
    ) -> Result<registration::Model, PublicError> {
        let now = self.now;
        let (gets_seat, joins_list) = (self.has_free_seat(), self.list_has_room());
        let entry = self.entry_mut(user);
        let before = entry.row.status;
        let waits = before == RegistrationStatus::Waitlisted;
        if before.holds_seat() || (waits && !gets_seat) {
            return Ok(entry.row.clone());
        }
        if !gets_seat && !joins_list {
            let message = "No seat is left for this registration";
            return Err(PublicError::new(ErrorCode::CompetitionFull, message));
        }
        entry.give_seat(now, &request.cause, SeatFrom::Approval);
        if before.is_active() {
            self.end(user, before);
        }
        if gets_seat {
            self.after.registered += 1;
        } else {
            let number = self.join_waiting_list(user);
            let row = self.entry_mut(user).row_mut();
            row.status = RegistrationStatus::Waitlisted;
            row.waitlist_number = Some(number);
        }
        Ok(self.reviewed(request, user, Kind::Approved, None))
    }

    /// Gives a registration a free seat, or a new one, ahead of all that wait. Seats are passed on
    /// before, so a free seat is one that the list is not given any more.
    fn promote(
        &mut self,
        request: &Request,
        user: UserId,
        adds_seats: bool,
    ) -> Result<registration::Model, PublicError> {
        let (is_full, now) = (self.after.is_full(), self.now);
        let entry = self.entry_mut(user);
        let before = entry.row.status;
        if !before.can_be_promoted() {
            return Ok(entry.row.clone());
        }
        if is_full && !(adds_seats && self.add_seat()) {
            let message = match adds_seats {
                true => "No seat is free, and the competition has as many as it can have",
                false => "No seat is free: add seats, or remove a participant",
            };
            return Err(PublicError::new(ErrorCode::CompetitionFull, message));
        }
        self.entry_mut(user).give_seat(now, &request.cause, SeatFrom::Organizer);
        if before.is_active() {
            self.end(user, before);
        }
        self.after.registered += 1;
        Ok(self.reviewed(request, user, Kind::Promoted, None))
    }

    /// Refuses a registration a seat, or takes its seat from it.
    fn reject(
        &mut self,
        request: &Request,
        user: UserId,
        reason: Option<&RejectionReason>,
    ) -> Result<registration::Model, PublicError> {
        let now = self.now.utc();
        let entry = self.entry_mut(user);
        let before = entry.row.status;
        if before == RegistrationStatus::Rejected {
            return Ok(entry.row.clone());
        }
        let row = entry.row_mut();
        row.status = RegistrationStatus::Rejected;
        row.waitlist_number = None;
        row.updated_at = now;
        self.end(user, before);
        let kind = match before {
            RegistrationStatus::AwaitingApproval => Kind::Rejected,
            _ => Kind::Removed,
        };
        let row = self.reviewed(request, user, kind, reason);
        self.pass_seats_on(&request.cause);
        Ok(row)
    }

    /// Records a decision on a registration.
    pub(super) fn reviewed(
        &mut self,
        request: &Request,
        user: UserId,
        kind: Kind,
        reason: Option<&RejectionReason>,
    ) -> registration::Model {
        let id = new_id();
        let row = self.entry_mut(user).row_mut();
        row.last_event_id = Some(id);
        let row = row.clone();
        // A registration with a seat is confirmed, which says that the organizer has given it.
        let is_given = matches!(kind, Kind::Promoted | Kind::Added) && row.status.holds_seat();
        if !is_given {
            if self.notices.is_empty() {
                self.noticed_by = request.cause.clone();
            }
            self.notices.push(id);
        }
        self.reviews.push(registration_event::Model {
            id,
            registration_id: row.id,
            actor_id: Some(request.user.id),
            kind,
            reason: reason.map(ToString::to_string),
            created_at: self.now.utc(),
        });
        let event = match (kind, row.status) {
            (Kind::Approved, _) => EventType::RegistrationApproved,
            (Kind::Promoted, _) => EventType::RegistrationPromoted,
            (Kind::Added, RegistrationStatus::Waitlisted) => EventType::RegistrationWaitlisted,
            (Kind::Added, _) => EventType::RegistrationCreated,
            _ => EventType::RegistrationRejected,
        };
        self.add_registration_event(event, &row);
        row
    }
}
