//! What the dashboards show.

use serde::{Deserialize, Serialize};

use crate::{CompetitionWithCount, MyRegistration};

/// A participant's registrations, sorted into what matters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantDashboard {
    /// Seats held in competitions that have not started, starting soonest first.
    pub upcoming: Vec<MyRegistration>,
    /// Seats held in competitions that have started, latest first.
    pub past: Vec<MyRegistration>,
    /// Seats given back.
    pub cancelled: Vec<MyRegistration>,
}

/// An organizer's competitions and their totals.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizerDashboard {
    /// Newest first.
    pub competitions: Vec<CompetitionWithCount>,
    /// Seats taken in all of them.
    pub registrations: u64,
    /// Seats in all of them.
    pub seats: u64,
    /// How many still take registrations.
    pub open: u64,
}
