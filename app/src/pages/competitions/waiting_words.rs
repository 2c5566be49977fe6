//! The length of a waiting list in words.

use domain::{Room, grouped};

/// "One person is on the waiting list"; nothing without a list.
pub(super) fn waiting_words(room: Room) -> Option<String> {
    match room.waitlisted {
        0 if room.waitlist_capacity == 0 => None,
        0 if room.seats_left == 0 => Some("The waiting list is empty.".to_owned()),
        0 => Some("When all seats are taken, you can join the waiting list.".to_owned()),
        1 => Some("One person is on the waiting list.".to_owned()),
        waiting => Some(format!("{} people are on the waiting list.", grouped(waiting.into()))),
    }
}
