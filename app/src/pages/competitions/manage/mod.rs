//! A competition as its organizer sees it.

mod addition;
mod check_in_list;
mod decision;
mod history;
mod latest;
mod overview;
mod participant;
mod review;
mod roster;
mod set_up;
mod settings;
mod totals;
mod visibility;

pub use addition::TypedAddition;
pub use check_in_list::{CheckInListPage, CheckInListScreen, CheckInRow};
pub use history::HistoryEntry;
pub use overview::{ManageOverviewPage, ManageOverviewScreen};
pub use participant::{ParticipantDetailScreen, ParticipantPage};
pub use review::TypedReview;
pub(super) use roster::AnswerFields;
#[cfg(feature = "ssr")]
pub(super) use roster::answer_of;
pub use roster::{
    AnswerChoices, ParticipantsPage, RosterList, RosterRow, RosterScreen, WaitingListPage,
};
pub use set_up::SetUp;
pub use settings::{ManageSettingsPage, ManageSettingsScreen};
