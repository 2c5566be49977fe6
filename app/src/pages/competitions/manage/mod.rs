//! A competition as its organizer sees it: who is registered, and what can be done about it.

mod address;
mod page;
mod roster;
mod totals;

pub(crate) use address::manage;
pub use page::{ManageCompetitionPage, ManageScreen, RosterRow};
