//! Competitions: the list, one of them, a new one, changing one, and what its organizer and its participants do with it.

mod address;
mod availability;
mod calendar;
mod call_to_action;
mod cancel;
mod card;
mod card_grid;
mod create;
mod detail;
mod draft;
mod edit;
mod filters;
mod form;
mod leave;
mod list;
mod listing;
mod live_seats;
mod manage;
mod tags;

pub use availability::Availability;
pub(crate) use calendar::{AddToCalendar, calendar};
pub use cancel::{CancelCompetitionPage, CancelScreen};
pub(crate) use card::{AvailabilityBadge, CompetitionCard};
pub(crate) use card_grid::{CardGrid, CardGridSkeleton};
pub use create::CreateCompetitionPage;
pub use detail::{CompetitionDetailPage, CompetitionScreen};
pub use draft::{DraftPage, DraftScreen, Held, Region};
pub use edit::EditCompetitionPage;
pub(crate) use leave::leave;
pub use leave::{LeaveCompetitionPage, LeaveScreen};
pub use list::{CompetitionListPage, ListScreen};
pub use listing::Listing;
pub(crate) use manage::manage;
pub use manage::{ManageCompetitionPage, ManageScreen, RosterRow};
