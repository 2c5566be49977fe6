//! Competitions: the list, one of them, a new one, and changing one.

mod address;
mod availability;
mod call_to_action;
mod card;
mod create;
mod detail;
mod draft;
mod edit;
mod filters;
mod form;
mod list;
mod listing;
mod live_seats;
mod tags;

pub use availability::Availability;
pub(crate) use card::{AvailabilityBadge, CompetitionCard};
pub use create::CreateCompetitionPage;
pub use detail::{CompetitionDetailPage, CompetitionScreen};
pub use draft::{DraftPage, DraftScreen, Held, Region};
pub use edit::EditCompetitionPage;
pub use list::{CompetitionListPage, ListScreen};
pub use listing::Listing;
