//! The contents of the dashboards.

use serde::{Deserialize, Serialize};

use crate::{CompetitionWithCount, MyRegistration, Page, Timestamp};

/// The registrations of a participant.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ParticipantDashboard {
    /// Registrations for competitions that have not started, and those with a seat for competitions
    /// under way, starting soonest first.
    pub upcoming: Vec<MyRegistration>,
    /// Registrations with a seat for competitions that have started, latest first.
    pub past: Vec<MyRegistration>,
    /// Cancelled registrations, and registrations for cancelled competitions.
    pub cancelled: Vec<MyRegistration>,
    /// The number of all registrations. The three lists hold the newest of them.
    pub total: u64,
}

/// An organizer's competitions and their totals.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrganizerDashboard {
    /// A page of them, newest first.
    pub competitions: Page<CompetitionWithCount>,
    /// Registrations with a seat for all that are not cancelled.
    pub registrations: u64,
    /// Seats in all that are not cancelled.
    pub seats: u64,
    /// How many still take registrations.
    pub open: u64,
    /// How many of those close within the next seven days.
    pub closing_soon: u64,
    /// Registrations for all of them, on each of the last 30 days, today included; oldest first.
    pub trend: Vec<DayCount>,
}

/// The registrations of a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DayCount {
    /// When the day begins in UTC.
    pub day: Timestamp,
    /// How many.
    pub count: u64,
}
