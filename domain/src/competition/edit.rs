//! An edit of a competition that has been checked.

use super::{
    change_notice::NoticeChoice, date_fault::error_of, facts::FactsEdit,
    reminders::ReminderOffsets, sections::SectionsEdit, visibility::Visibility,
};
use crate::{
    AccessCodeDraft, AccessMode, CoverDraft, Dates, Description, ErrorCode, PublicError,
    QuestionDraft, StartRule, Tag, TimeZoneName, Timestamp, Title,
};

/// An edit whose fields have been checked one by one. `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct CompetitionEdit {
    /// The version it is based on.
    pub version: Option<u32>,
    /// One line.
    pub title: Option<Title>,
    /// Markdown.
    pub description: Option<Description>,
    /// No two alike, in the order given.
    pub tags: Option<Vec<Tag>>,
    /// Seats, 1 to [`crate::MAX_CAPACITY`].
    pub capacity: Option<u32>,
    /// When registration closes.
    pub reg_deadline: Option<Timestamp>,
    /// When it starts, or that this is not set.
    pub start_date: Option<Option<Timestamp>>,
    /// When the earliest start is.
    pub start_rule: StartRule,
    /// When it ends, or that this is not set.
    pub ends_at: Option<Option<Timestamp>>,
    /// When registration opens, or that it is open at once.
    pub reg_opens_at: Option<Option<Timestamp>>,
    /// The name of an existing zone.
    pub time_zone: Option<TimeZoneName>,
    /// What else is known about it.
    pub facts: FactsEdit,
    /// Longer texts about it.
    pub sections: SectionsEdit,
    /// Who can see it, and who can find it.
    pub visibility: Option<Visibility>,
    /// How many may wait for a seat: 0 to [`crate::MAX_WAITLIST`].
    pub waitlist_capacity: Option<u32>,
    /// Until when seats are passed on, or that they are until the deadline.
    pub promote_until: Option<Option<Timestamp>>,
    /// Whether its organizer approves registrations.
    pub approval_required: Option<bool>,
    /// How long before the start participants are reminded.
    pub reminder_offsets: Option<ReminderOffsets>,
    /// What participants are asked, in order: at most [`crate::MAX_QUESTIONS`].
    pub questions: Option<Vec<QuestionDraft>>,
    /// Who can register.
    pub access: Option<AccessMode>,
    /// No two alike, at most [`crate::MAX_ACCESS_CODES`].
    pub access_codes: Option<Vec<AccessCodeDraft>>,
    /// Its cover, or that it has none.
    pub cover: Option<Option<CoverDraft>>,
    /// Whether participants are notified of it.
    pub notice: NoticeChoice,
}

impl CompetitionEdit {
    /// The times after the edit, from the current ones. An edit that publishes a draft needs a
    /// deadline in the future, like one that moves the deadline.
    ///
    /// # Errors
    /// All faults at once, with the code of the first: [`crate::DateFault`].
    pub fn dates(
        &self,
        current: Dates,
        publishes: bool,
        now: Timestamp,
    ) -> Result<Dates, PublicError> {
        let new = Dates {
            opens: self.reg_opens_at.unwrap_or(current.opens),
            deadline: self.reg_deadline.unwrap_or(current.deadline),
            promote_until: self.promote_until.unwrap_or(current.promote_until),
            start: self.start_date.unwrap_or(current.start),
            end: self.ends_at.unwrap_or(current.end),
        };
        // A competition whose deadline has passed can still be edited, if the deadline stays.
        let rule =
            StartRule::of(self.start_rule == StartRule::AtDeadline || current.close_at_start());
        let faults = match new.deadline == current.deadline && !publishes {
            true => new.faults(rule),
            false => new.faults_at(now, rule),
        };
        error_of(&faults).map_or(Ok(new), Err)
    }

    /// The refusal of a capacity below the seats that are taken.
    pub fn refused_capacity(&self, seats_taken: u32) -> Option<PublicError> {
        self.capacity.filter(|capacity| *capacity < seats_taken)?;
        let message = format!("Capacity must be at least {seats_taken}: that many seats are taken");
        Some(PublicError::on_field(ErrorCode::CapacityBelowSeatsTaken, "capacity", &message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(time: &str) -> Timestamp {
        time.parse().unwrap()
    }

    #[test]
    fn only_a_new_deadline_must_be_in_the_future() {
        let (past, now) = (at("2026-11-22T12:00:00Z"), at("2026-11-23T12:00:00Z"));
        let current =
            Dates { opens: None, deadline: past, promote_until: None, start: None, end: None };
        let untouched = CompetitionEdit::default();
        assert!(untouched.dates(current, false, now).is_ok());
        let error = untouched.dates(current, true, now).unwrap_err();
        assert_eq!(error.code, ErrorCode::DeadlineNotInFuture);
        let moved = CompetitionEdit { reg_deadline: Some(now), ..Default::default() };
        let error = moved.dates(current, false, now).unwrap_err();
        assert_eq!(error.code, ErrorCode::DeadlineNotInFuture);
        let opening = CompetitionEdit { reg_opens_at: Some(Some(past)), ..Default::default() };
        let error = opening.dates(current, false, now).unwrap_err();
        assert_eq!(error.code, ErrorCode::OpeningNotBeforeDeadline);
        let start = CompetitionEdit { start_date: Some(Some(past)), ..Default::default() };
        let error = start.dates(current, false, now).unwrap_err();
        assert_eq!(error.code, ErrorCode::StartNotAfterDeadline);
    }
}
