//! A competition as its organizer sees it.

mod address;
mod answer_choices;
mod page;
mod review;
mod roster;
mod screen;
mod totals;
mod visibility;

pub use answer_choices::AnswerChoices;
pub use page::ManageCompetitionPage;
pub use review::TypedReview;
pub use screen::{ManageCompetitionScreen, RosterRow};
