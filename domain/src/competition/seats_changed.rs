//! The seats of a competition at one moment.

use serde::{Deserialize, Serialize};

use crate::CompetitionId;

/// The seats of a competition at one moment, and whether it was cancelled by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct SeatsChanged {
    /// Of which competition.
    pub competition_id: CompetitionId,
    /// Seats in all.
    #[cfg_attr(feature = "openapi", schema(example = 50))]
    pub capacity: u32,
    /// Seats that are not taken.
    #[cfg_attr(feature = "openapi", schema(example = 49))]
    pub seats_left: u32,
    /// How many are on the waiting list.
    #[cfg_attr(feature = "openapi", schema(required, example = 0))]
    #[serde(default)]
    pub waitlisted: u32,
    /// How many have left the waiting list so far, with a seat or without: positions change with
    /// this number.
    #[cfg_attr(feature = "openapi", schema(required, example = 0))]
    #[serde(default)]
    pub waitlist_departures: u32,
    /// Whether it was cancelled.
    #[cfg_attr(feature = "openapi", schema(required))]
    #[serde(default)]
    pub cancelled: bool,
    /// Grows with every change of the competition: of two states, the one with the higher number is
    /// newer, in any order of arrival.
    #[cfg_attr(feature = "openapi", schema(required, example = 7))]
    #[serde(default)]
    pub sequence: u32,
    /// Whether only its organizer may see them. Not part of the API: it goes with an event to other
    /// processes.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub is_draft: bool,
}
