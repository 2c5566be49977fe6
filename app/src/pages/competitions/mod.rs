//! Competitions: their list and pages, and registering.

pub(crate) mod address;
mod availability;
mod calendar;
mod call_to_action;
mod cancel;
mod cancel_registration;
mod card;
mod card_grid;
mod create;
mod detail;
mod draft;
mod edit;
mod filters;
mod form;
mod list;
mod listing;
mod live_seats;
mod manage;
mod place;
mod tags;

pub use availability::Availability;
pub(crate) use calendar::{AddToCalendar, calendar};
pub use cancel::{CancelCompetitionPage, CancelCompetitionScreen};
pub use cancel_registration::{CancelRegistrationPage, CancelRegistrationScreen};
pub(crate) use card::{CompetitionCard, StateBadges};
pub(crate) use card_grid::{CardGrid, CardGridSkeleton};
pub use create::CreateCompetitionPage;
pub use detail::{CompetitionDetailPage, CompetitionDetailScreen};
pub use draft::{DraftForm, DraftState, DraftValues, Region};
pub use edit::EditCompetitionPage;
pub use list::{CompetitionListPage, CompetitionListScreen};
pub use listing::Listing;
pub use manage::{ManageCompetitionPage, ManageCompetitionScreen, RosterRow};
pub use place::Place;
pub(crate) use place::{ExternalLink, PlaceLine};
