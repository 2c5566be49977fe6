//! Competitions: the list, one of them, a new one.

mod address;
mod availability;
mod call_to_action;
mod card;
mod create;
mod detail;
mod filters;
mod list;
mod listing;
mod tags;

pub use availability::Availability;
pub(crate) use card::{AvailabilityBadge, CompetitionCard};
pub use create::{CompetitionDraft, CreateCompetitionPage};
pub use detail::{CompetitionDetailPage, CompetitionScreen};
pub use list::{CompetitionListPage, ListScreen};
pub use listing::Listing;
