//! The rules of the waiting list.
//!
//! While registrations wait and the list has not ended, no seat is free: the command that frees a
//! seat gives it to the first on the list, in the same transaction, and a new registration joins
//! the end of the list.

use domain::{EventType, UserId};

use super::Ledger;
use crate::{Cause, confirmation::SeatFrom};

impl Ledger {
    /// Whether a seat is free that is not passed on to the waiting list.
    pub(super) fn has_free_seat(&self) -> bool {
        let competition = &self.after;
        let passes_on = competition.waitlisted > 0 && competition.passes_seats_on(self.now);
        !competition.is_full() && !passes_on
    }

    /// Whether one more registration can join the list and still be given a seat.
    pub(super) fn list_has_room(&self) -> bool {
        let competition = &self.after;
        competition.passes_seats_on(self.now)
            && competition.waitlisted < competition.waitlist_capacity
    }

    /// The number of a registration that joins the list.
    pub(super) fn join_waiting_list(&mut self, user: UserId) -> i32 {
        // If only a part of the list was read, no request gives a seat beyond that part.
        self.line.push_back(user);
        self.after.waitlisted += 1;
        self.after.last_waitlist_number += 1;
        self.after.last_waitlist_number
    }

    /// Takes a registration off the list.
    pub(super) fn leave_waiting_list(&mut self, user: UserId) {
        self.line.retain(|waiting| *waiting != user);
        self.after.waitlisted -= 1;
    }

    /// Gives free seats to the first on the list, because of a request.
    pub(super) fn pass_seats_on(&mut self, cause: &Cause) {
        while !self.after.is_full()
            && self.after.passes_seats_on(self.now)
            && let Some(user) = self.line.pop_front()
        {
            let Some(entry) = self.registrations.get_mut(&user) else { continue };
            entry.give_seat(self.now, cause, SeatFrom::WaitingList);
            let row = entry.row.clone();
            self.after.registered += 1;
            self.after.waitlisted -= 1;
            self.add_registration_event(EventType::RegistrationPromoted, &row);
        }
    }
}
