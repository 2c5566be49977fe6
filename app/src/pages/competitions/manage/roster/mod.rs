//! The registrations of a competition, as its organizer sees them.

mod address;
mod answer_choices;
mod answer_fields;
mod filters;
mod list;
mod page;
mod screen;
mod section;
mod table;

#[cfg(feature = "ssr")]
pub(in crate::pages::competitions) use address::answer_of;
#[cfg(feature = "ssr")]
pub(super) use address::href;
pub(super) use address::read as read_query;
pub use answer_choices::AnswerChoices;
pub(in crate::pages::competitions) use answer_fields::AnswerFields;
pub use list::RosterList;
pub use page::{ParticipantsPage, WaitingListPage};
pub use screen::{RosterRow, RosterScreen};
