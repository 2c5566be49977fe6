//! A new competition that has been checked.

use super::{facts::Facts, reminders::ReminderOffsets, sections::Sections, visibility::Visibility};
use crate::{
    AccessCodeDraft, AccessMode, CoverDraft, Dates, Description, QuestionDraft, Tag, TimeZoneName,
    Title,
};

/// A new competition that has been checked.
#[derive(Clone, Debug)]
pub struct NewCompetition {
    /// One line.
    pub title: Title,
    /// Markdown.
    pub description: Description,
    /// No two alike, in the order given.
    pub tags: Vec<Tag>,
    /// Seats, 1 to [`crate::MAX_CAPACITY`].
    pub capacity: u32,
    /// In the future, and in order.
    pub dates: Dates,
    /// The name of an existing zone.
    pub time_zone: TimeZoneName,
    /// What else is known about it.
    pub facts: Facts,
    /// Longer texts about it.
    pub sections: Sections,
    /// Who can see it, and who can find it.
    pub visibility: Visibility,
    /// How many may wait for a seat: 0 to [`crate::MAX_WAITLIST`].
    pub waitlist_capacity: u32,
    /// Whether its organizer approves registrations.
    pub approval_required: bool,
    /// How long before the start participants are reminded.
    pub reminder_offsets: ReminderOffsets,
    /// What participants are asked, in order: at most [`crate::MAX_QUESTIONS`].
    pub questions: Vec<QuestionDraft>,
    /// Who can register.
    pub access: AccessMode,
    /// No two alike, at most [`crate::MAX_ACCESS_CODES`].
    pub access_codes: Vec<AccessCodeDraft>,
    /// Its cover, if it has one.
    pub cover: Option<CoverDraft>,
}
