//! The rules of adding participants, and of seats that are added for them.

use domain::{
    ErrorCode, EventType, MAX_CAPACITY, PublicError, RegistrationEventKind, RegistrationStatus,
    User,
};

use super::{Entry, Ledger};
use crate::{
    admission::{
        command::Request,
        decision::{Effect, Verdict},
    },
    confirmation::SeatFrom,
};

impl Ledger {
    /// Registers a participant for the organizer, also before registration opens, after the
    /// deadline, without approval, and one who was rejected or has cancelled. Takes a seat that
    /// nobody waits for, adds one, or joins the end of the waiting list. Earlier answers stay.
    pub(super) fn add_participant(
        &mut self,
        request: &Request,
        participant: &User,
        adds_seat: bool,
    ) -> Verdict {
        if let Some(refusal) = self.review_refusal() {
            return Verdict::Refused(refusal);
        }
        let user = participant.id;
        let already = self.already_registered(user, |status| match status {
            RegistrationStatus::Waitlisted => {
                "This participant is on the waiting list already: give the registration a seat"
            }
            RegistrationStatus::AwaitingApproval => {
                "This participant waits for approval already: approve the registration"
            }
            _ => "This participant is registered already",
        });
        if let Some(refusal) = already {
            return Verdict::Refused(refusal);
        }
        let capacity = self.after.capacity;
        let gets_seat = self.has_free_seat() || (adds_seat && self.add_seat());
        if !gets_seat && !self.list_has_room() {
            let message = match adds_seat {
                true => "Competition is full, and has as many seats as a competition can have",
                false => "Competition is full: add a seat",
            };
            return Verdict::Refused(PublicError::new(ErrorCode::CompetitionFull, message));
        }
        let (mut row, write) = self.made_anew(user);
        // Of a registration that was made and cancelled by commands before this one.
        let answers = self.registrations.remove(&user).and_then(|earlier| earlier.answers);
        if gets_seat {
            self.after.registered += 1;
        } else {
            row.status = RegistrationStatus::Waitlisted;
            row.waitlist_number = Some(self.join_waiting_list(user));
        }
        let entry = Entry {
            row,
            write,
            cause: request.cause.clone(),
            seat_from: SeatFrom::Organizer,
            own_change: None,
            answers,
        };
        self.registrations.insert(user, entry);
        let row = self.reviewed(request, user, RegistrationEventKind::Added, None);
        self.record_added_seats(capacity);
        let registration = row.into_new_registration(&self.after, participant);
        Verdict::Granted(Effect::Registered(Box::new(registration)))
    }

    /// Adds a seat, for a registration that the organizer gives it to at once. `false` if there are
    /// as many as can be.
    pub(super) fn add_seat(&mut self) -> bool {
        let can_grow = self.after.capacity.unsigned_abs() < MAX_CAPACITY;
        self.after.capacity += i32::from(can_grow);
        can_grow
    }

    /// Makes the competition a new version of itself if a command has added seats to `capacity`.
    pub(super) fn record_added_seats(&mut self, capacity: i32) {
        if self.after.capacity != capacity {
            self.after.revision += 1;
            self.after.updated_at = self.now.utc();
            self.add_competition_event(EventType::CompetitionChanged);
        }
    }
}
