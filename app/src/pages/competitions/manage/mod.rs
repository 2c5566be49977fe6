//! A competition as its organizer sees it.

mod address;
mod page;
mod review;
mod roster;
mod screen;
mod totals;
mod visibility;

pub use page::ManageCompetitionPage;
pub use review::TypedReview;
pub use screen::{ManageCompetitionScreen, RosterRow};
