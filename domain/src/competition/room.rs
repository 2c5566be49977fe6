//! The room of a competition for one more registration.

use serde::{Deserialize, Serialize};

/// What decides whether one more registration gets a seat or joins the waiting list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Room {
    /// Free seats.
    pub seats_left: u32,
    /// How many wait for a seat.
    pub waitlisted: u32,
    /// How many may wait for a seat.
    pub waitlist_capacity: u32,
}

impl Room {
    /// Whether it would get a seat: none that waits is overtaken.
    pub fn has_free_seat(self) -> bool {
        self.seats_left > 0 && self.waitlisted == 0
    }

    /// Whether it would join the waiting list.
    pub fn leads_to_waitlist(self) -> bool {
        !self.has_free_seat() && self.waitlisted < self.waitlist_capacity
    }

    /// Whether it would get one or the other.
    pub fn is_left(self) -> bool {
        self.has_free_seat() || self.leads_to_waitlist()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_registration_gets_a_seat_that_nobody_waits_for_or_joins_a_list_that_takes_more() {
        for (seats_left, waitlisted, waitlist_capacity, has_seat, joins) in [
            (1, 0, 0, true, false),
            (1, 0, 2, true, false),
            (1, 1, 2, false, true),
            (0, 0, 2, false, true),
            (0, 2, 2, false, false),
            (1, 2, 2, false, false),
            (0, 0, 0, false, false),
        ] {
            let room = Room { seats_left, waitlisted, waitlist_capacity };
            assert_eq!(room.has_free_seat(), has_seat, "{room:?}");
            assert_eq!(room.leads_to_waitlist(), joins, "{room:?}");
            assert_eq!(room.is_left(), has_seat || joins, "{room:?}");
        }
    }
}
