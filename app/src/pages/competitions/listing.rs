//! A competition in a list.

use domain::CompetitionId;
use serde::{Deserialize, Serialize};

use super::Availability;
use crate::Moment;

/// A competition in a list. The organizer's address is not in it: whatever a page shows, its data are sent
/// with it for all to read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Which one.
    pub id: CompetitionId,
    /// One line.
    pub title: String,
    /// How the description begins, as plain text.
    pub summary: String,
    /// In the order the organizer gave them.
    pub tags: Vec<String>,
    /// Places in all.
    pub capacity: u32,
    /// Places nobody holds.
    pub seats_left: u32,
    /// From this moment on nobody can register.
    pub reg_deadline: Moment,
    /// If it is set.
    pub start_date: Option<Moment>,
    /// The organizer's name.
    pub organizer: String,
    /// Whether it can be joined.
    pub availability: Availability,
}

#[cfg(feature = "ssr")]
impl Listing {
    /// As of `now`.
    pub(crate) fn of(
        detail: domain::CompetitionDetail,
        clock: &crate::ssr::clock::ViewerClock,
        now: domain::Timestamp,
    ) -> Self {
        let domain::CompetitionDetail { competition, organizer, .. } = detail;
        let moment = |at| clock.in_event_zone(at, &competition.time_zone);
        Self {
            availability: Availability::of(&competition, now),
            id: competition.id,
            summary: service::markdown::summary(&competition.description),
            capacity: competition.capacity,
            seats_left: competition.seats_left,
            reg_deadline: moment(competition.reg_deadline),
            start_date: competition.start_date.map(moment),
            title: competition.title,
            tags: competition.tags,
            organizer: organizer.name,
        }
    }
}
