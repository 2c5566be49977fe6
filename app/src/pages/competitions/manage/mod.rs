//! A competition as its organizer sees it.

mod addition;
mod address;
mod answer_choices;
mod answer_list;
mod history;
mod page;
mod participant;
mod review;
mod roster;
mod screen;
mod totals;
mod visibility;

pub use addition::TypedAddition;
pub use answer_choices::AnswerChoices;
pub use history::HistoryEntry;
pub use page::ManageCompetitionPage;
pub use participant::{ParticipantDetailScreen, ParticipantPage};
pub use review::TypedReview;
pub use screen::{ManageCompetitionScreen, RosterRow};
