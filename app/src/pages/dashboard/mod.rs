//! The dashboard, the first page after logging in.

mod organizer;
mod page;
mod participant;
mod trend;

pub use organizer::{OrganizerRow, OrganizerScreen};
pub use page::{DashboardContent, DashboardPage, DashboardScreen};
pub use participant::{ParticipantScreen, RegistrationRow};
pub use trend::TrendDay;
