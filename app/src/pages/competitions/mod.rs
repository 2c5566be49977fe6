//! Competitions: their list and pages, and registering.

mod access;
pub(crate) mod address;
mod answer_list;
mod approval_choice;
mod calendar;
mod call_to_action;
mod cancel;
mod cancel_registration;
mod card;
mod card_grid;
mod claim;
mod cover;
mod create;
mod detail;
mod detail_screen;
mod draft;
mod edit;
mod filters;
mod for_organizer;
mod form;
mod glance;
mod links;
mod list;
mod listing;
mod live_seats;
mod manage;
mod managed;
mod messages;
mod notice_fields;
mod place;
mod preview;
mod preview_screen;
mod questions;
mod reach_bar;
mod register_form;
#[cfg(feature = "ssr")]
mod saved_details;
mod sections;
mod state_badges;
mod tags;
mod theirs;
mod visibility_choice;
mod waiting_words;

pub use access::{
    AccessPage, AccessScreen, CodeLine, InvitationRow, InvitationsPage, InvitationsScreen,
    TypedAccess,
};
pub(crate) use answer_list::AnswerList;
pub(crate) use calendar::{AddToCalendar, calendar};
pub use cancel::{CancelCompetitionPage, CancelCompetitionScreen};
pub use cancel_registration::{CancelRegistrationPage, CancelRegistrationScreen};
pub(crate) use card::{CompetitionCard, StubDate};
pub(crate) use card_grid::{CardGrid, CardGridSkeleton};
pub use claim::Claim;
pub use cover::{CoverPage, CoverPicture, CoverScreen, FocusChoice, TypedCover};
pub use create::CreateCompetitionPage;
pub use detail::CompetitionDetailPage;
pub use detail_screen::CompetitionDetailScreen;
pub use draft::{DraftForm, DraftState, DraftValues};
pub use edit::EditCompetitionPage;
pub use links::{Links, MailLink};
pub use list::{CompetitionListPage, CompetitionListScreen};
pub use listing::Listing;
pub use manage::{
    AnswerChoices, CheckInListPage, CheckInListScreen, CheckInRow, HistoryEntry,
    ManageOverviewPage, ManageOverviewScreen, ManageSettingsPage, ManageSettingsScreen,
    ParticipantDetailScreen, ParticipantPage, ParticipantsPage, RosterList, RosterRow,
    RosterScreen, SetUp, TypedAddition, TypedReview, WaitingListPage,
};
pub use managed::ManagedCompetition;
pub use messages::{
    EditMessagePage, MessageFormScreen, MessagePage, MessageRow, MessageScreen, MessagesPage,
    MessagesScreen, RecipientsLine, TypedMessage, TypedSending, Update, WriteMessagePage,
};
pub use place::Place;
pub(crate) use place::{ExternalLink, PlaceLine};
pub use preview_screen::PreviewScreen;
pub use questions::{
    AnswersPage, AnswersScreen, Countries, QuestionsPage, QuestionsScreen, RegisterPage,
    RegisterScreen, TypedAnswers, TypedQuestion, TypedQuestions, TypedRegistration,
};
pub(crate) use state_badges::StateBadges;
