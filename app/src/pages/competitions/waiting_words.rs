//! The length of a waiting list in words.

use domain::grouped;

/// "One person is on the waiting list"; nothing without a list.
pub(super) fn waiting_words(waiting: u32, seats_left: u32, takes_more: u32) -> Option<String> {
    match waiting {
        0 if takes_more == 0 => None,
        0 if seats_left == 0 => Some("The waiting list is empty.".to_owned()),
        0 => Some("When all seats are taken, you can join the waiting list.".to_owned()),
        1 => Some("One person is on the waiting list.".to_owned()),
        waiting => Some(format!("{} people are on the waiting list.", grouped(waiting.into()))),
    }
}
