//! Whether a competition can still be joined, in a word.

use domain::{Competition, Timestamp};
use serde::{Deserialize, Serialize};

/// A tenth of the places, or fewer, are "few".
const FEW: u32 = 10;

/// Whether a competition can still be joined. Decided on the server, for the browser's clock may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Availability {
    /// Places are left.
    Open,
    /// Places are left, but not many.
    FewLeft,
    /// No place is left.
    Full,
    /// Registration opens later.
    NotYetOpen,
    /// The deadline has passed.
    Closed,
    /// It has started, or was never given a start date.
    Over,
    /// It does not take place.
    Cancelled,
}

impl Availability {
    /// As of `now`.
    pub fn of(competition: &Competition, now: Timestamp) -> Self {
        if competition.is_cancelled() {
            Self::Cancelled
        } else if competition.is_over(now) {
            Self::Over
        } else if competition.is_not_yet_open(now) {
            Self::NotYetOpen
        } else if competition.is_closed(now) {
            Self::Closed
        } else if competition.seats_left == 0 {
            Self::Full
        } else if u64::from(competition.seats_left) * u64::from(FEW) <= competition.capacity.into()
        {
            Self::FewLeft
        } else {
            Self::Open
        }
    }

    /// What people read.
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::FewLeft => "Few seats left",
            Self::Full => "Full",
            Self::NotYetOpen => "Opening soon",
            Self::Closed => "Closed",
            Self::Over => "Over",
            Self::Cancelled => "Cancelled",
        }
    }
}
