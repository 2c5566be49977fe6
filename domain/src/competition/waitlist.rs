//! The waiting list of a competition.

use crate::Raw;

/// The most that may wait for a seat in a competition. All of them may be given a seat by one edit.
pub const MAX_WAITLIST: u32 = 5_000;

/// The number that may wait; no waiting list when it is absent or null.
pub(super) fn waitlist_capacity(raw: &Raw<i64>) -> Result<u32, String> {
    let number = match raw {
        Raw::Missing => Some(0),
        Raw::Given(number) => u32::try_from(*number).ok(),
        Raw::WrongType => None,
    };
    number
        .filter(|number| *number <= MAX_WAITLIST)
        .ok_or_else(|| format!("Waiting list must be a whole number from 0 to {MAX_WAITLIST}"))
}
