//! The first page after signing in: what matters to this user.

mod organizer;
mod page;
mod participant;
mod trend;

pub use organizer::{OrganizerRow, OrganizerScreen};
pub use page::{Dashboard, DashboardPage};
pub use participant::{ParticipantScreen, Place};
pub use trend::TrendDay;
