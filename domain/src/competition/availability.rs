//! Whether a competition is open for registration, in a word.

use serde::{Deserialize, Serialize};

use super::Competition;
use crate::Timestamp;

/// At most a tenth of the seats are "few".
const FEW: u32 = 10;

/// Whether a competition is open for registration. The server decides, because the clock of the
/// browser may be wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Availability {
    /// Seats are left.
    Open,
    /// Few seats are left.
    FewLeft,
    /// No seat is left, and the waiting list takes more.
    WaitingList,
    /// No seat is left.
    Full,
    /// Registration opens later.
    NotYetOpen,
    /// The deadline has passed.
    Closed,
    /// It has started, and ends later.
    UnderWay,
    /// It has ended, or has started without an end, or its deadline is long past without a start.
    Over,
    /// The organizer has cancelled it.
    Cancelled,
    /// Only its organizer sees it.
    Draft,
}

impl Availability {
    /// As of `now`.
    pub fn of(competition: &Competition, now: Timestamp) -> Self {
        if competition.is_draft() {
            Self::Draft
        } else if competition.is_cancelled() {
            Self::Cancelled
        } else if competition.is_under_way(now) {
            Self::UnderWay
        } else if competition.has_started(now) {
            Self::Over
        } else if competition.is_not_yet_open(now) {
            Self::NotYetOpen
        } else if competition.is_closed(now) {
            Self::Closed
        } else if competition.takes_waitlisted(now) {
            Self::WaitingList
        } else if !competition.room().is_left() {
            Self::Full
        } else if u64::from(competition.seats_left) * u64::from(FEW) <= competition.capacity.into()
        {
            Self::FewLeft
        } else {
            Self::Open
        }
    }

    /// Whether nobody can register by themselves any more.
    pub fn is_past_deadline(self) -> bool {
        self == Self::Closed || self.has_started()
    }

    /// Whether it has started, or is over without a start.
    pub fn has_started(self) -> bool {
        matches!(self, Self::UnderWay | Self::Over)
    }

    /// The text of the badge.
    pub fn words(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::FewLeft => "Few seats left",
            Self::WaitingList => "Waiting list",
            Self::Full => "Full",
            Self::NotYetOpen => "Opening soon",
            Self::Closed => "Closed",
            Self::UnderWay => "Under way",
            Self::Over => "Over",
            Self::Cancelled => "Cancelled",
            Self::Draft => "Draft",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_competition_is_under_way_until_its_end_and_then_over() {
        let competition: Competition = serde_json::from_value(serde_json::json!({
            "id": "01939c2e-7b5a-7000-8000-000000000001", "title": "Sprint", "description": "",
            "tags": [], "capacity": 5, "seatsLeft": 5, "regDeadline": "2026-11-24T12:00:00.000Z",
            "startDate": "2026-12-01T12:00:00.000Z", "endsAt": "2026-12-02T12:00:00.000Z",
            "timeZone": "UTC", "organizerId": "01939c2e-7b5a-7000-8000-000000000002",
            "version": 1, "createdAt": "2026-11-01T12:00:00.000Z",
            "updatedAt": "2026-11-01T12:00:00.000Z",
        }))
        .unwrap();
        for (now, expected, has_started) in [
            ("2026-12-01T11:59:59Z", Availability::Closed, false),
            ("2026-12-01T12:00:00Z", Availability::UnderWay, true),
            ("2026-12-02T12:00:00Z", Availability::Over, true),
        ] {
            let availability = Availability::of(&competition, now.parse().unwrap());
            assert_eq!(availability, expected, "{now}");
            assert!(availability.is_past_deadline());
            assert_eq!(availability.has_started(), has_started);
        }
    }

    #[test]
    fn a_full_competition_is_full_unless_its_waiting_list_takes_more_with_or_without_approval() {
        let read = |approval_required, waitlist_capacity: u32, waitlisted: u32| {
            let competition = serde_json::json!({
                "id": "01939c2e-7b5a-7000-8000-000000000001", "title": "Sprint", "description": "",
                "tags": [], "capacity": 5, "seatsLeft": 0, "waitlistCapacity": waitlist_capacity,
                "waitlisted": waitlisted, "regDeadline": "2026-11-24T12:00:00.000Z",
                "timeZone": "UTC", "organizerId": "01939c2e-7b5a-7000-8000-000000000002",
                "approvalRequired": approval_required, "version": 1,
                "createdAt": "2026-11-01T12:00:00.000Z",
                "updatedAt": "2026-11-01T12:00:00.000Z",
            });
            let competition: Competition = serde_json::from_value(competition).unwrap();
            Availability::of(&competition, "2026-11-23T12:00:00Z".parse().unwrap())
        };
        for approval in [false, true] {
            assert_eq!(read(approval, 0, 0), Availability::Full);
            assert_eq!(read(approval, 2, 1), Availability::WaitingList);
            assert_eq!(read(approval, 2, 2), Availability::Full);
        }
    }
}
