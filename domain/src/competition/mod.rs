//! Competitions: how they are created, found and shown.

mod attendance;
mod availability;
mod change_notice;
mod date_fault;
mod dates;
mod draft;
mod edit;
mod facts;
mod fields;
mod input;
mod new;
mod optional_text;
mod organizer;
mod patch;
mod patched;
mod query;
mod reminders;
mod room;
mod seat_words;
mod seats_changed;
mod sections;
mod sort;
mod start_days;
mod status;
mod tags;
mod view;
mod visibility;
mod waitlist;

pub use attendance::Attendance;
pub use availability::Availability;
pub use change_notice::{EditDraft, NoticeChoice, NoticeDraft};
pub use date_fault::DateFault;
pub use dates::{Dates, StartRule, UNDATED_FOR};
pub use draft::{Clash, CompetitionDraft};
pub use edit::CompetitionEdit;
pub use facts::{Facts, FactsEdit, short_place, venue_line};
pub use fields::MAX_CAPACITY;
pub(crate) use fields::time;
pub use input::CompetitionInput;
pub use new::NewCompetition;
pub use organizer::{Contact, Organizer};
pub use patch::CompetitionPatch;
pub use query::{CompetitionFilter, CompetitionQuery};
#[cfg(feature = "openapi")]
pub use query::{SearchText, TagList};
pub(crate) use query::{filled, search};
#[cfg(feature = "openapi")]
pub use reminders::ReminderMinutes;
pub use reminders::{MAX_REMINDER, MAX_REMINDERS, MIN_REMINDER, ReminderOffsets, reminder_minutes};
pub use room::Room;
pub use seat_words::{seats_left, seats_taken};
pub use seats_changed::SeatsChanged;
pub use sections::{Sections, SectionsEdit};
pub use sort::CompetitionSort;
#[cfg(feature = "openapi")]
pub use start_days::Day;
pub use start_days::StartDays;
pub use status::CompetitionStatus;
pub use view::{
    Competition, CompetitionCounts, CompetitionDetail, CompetitionPage, CompetitionWithCount,
    CompetitionWithOrganizer, CompetitionWithSections,
};
pub use visibility::Visibility;
pub use waitlist::MAX_WAITLIST;
