//! The dates of a competition, and their order.

use chrono::TimeDelta;

use crate::{ErrorCode, PublicError, Timestamp};

/// How long after its registration deadline a competition without a start date is over. Until then
/// the organizer may announce one.
pub const UNDATED_FOR: TimeDelta = TimeDelta::days(90);

/// The times of a competition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// When registration opens; `None` if it is open from the beginning.
    pub opens: Option<Timestamp>,
    /// When registration closes; at this moment it is closed.
    pub deadline: Timestamp,
    /// When it starts, if that is set.
    pub start: Option<Timestamp>,
    /// When it ends, if that is set; never without a start.
    pub end: Option<Timestamp>,
}

impl Dates {
    /// Whether the competition is over at `now`: it has started, or it has no start date and the
    /// deadline passed [`UNDATED_FOR`] ago. Then neither a registration nor the competition can be
    /// cancelled.
    pub fn is_over(self, now: Timestamp) -> bool {
        match self.start {
            Some(start) => start <= now,
            None => self.deadline.utc() + UNDATED_FOR <= now.utc(),
        }
    }

    /// Registration opens before the deadline, the competition starts after it, and ends after its
    /// start.
    ///
    /// # Errors
    /// [`ErrorCode::OpeningNotBeforeDeadline`], [`ErrorCode::StartNotAfterDeadline`],
    /// [`ErrorCode::EndNotAfterStart`].
    pub(super) fn in_order(self) -> Result<Self, PublicError> {
        if self.opens.is_some_and(|opens| opens >= self.deadline) {
            let message = "Registration must open before the deadline";
            let code = ErrorCode::OpeningNotBeforeDeadline;
            return Err(PublicError::on_field(code, "regOpensAt", message));
        }
        if self.start.is_some_and(|start| start <= self.deadline) {
            let message = "Start date must be after registration deadline";
            let code = ErrorCode::StartNotAfterDeadline;
            return Err(PublicError::on_field(code, "startDate", message));
        }
        if self.end.is_some_and(|end| self.start.is_none_or(|start| end <= start)) {
            let message = "End must be after the start date";
            return Err(PublicError::on_field(ErrorCode::EndNotAfterStart, "endsAt", message));
        }
        Ok(self)
    }

    /// Registration can still close: a competition is published only then.
    ///
    /// # Errors
    /// [`ErrorCode::DeadlineNotInFuture`].
    pub fn deadline_after(self, now: Timestamp) -> Result<Self, PublicError> {
        if self.deadline > now {
            return Ok(self);
        }
        let message = "Registration deadline must be in the future";
        Err(PublicError::on_field(ErrorCode::DeadlineNotInFuture, "regDeadline", message))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_competition_is_over_once_it_starts_or_90_days_after_its_deadline() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let deadline = at("2026-11-24T00:00:00Z");
        for (start, now, over) in [
            (Some("2026-12-01T00:00:00Z"), "2026-11-30T23:59:59.999Z", false),
            (Some("2026-12-01T00:00:00Z"), "2026-12-01T00:00:00Z", true),
            (Some("2027-12-01T00:00:00Z"), "2027-06-01T00:00:00Z", false),
            (None, "2027-02-21T23:59:59.999Z", false),
            (None, "2027-02-22T00:00:00Z", true),
        ] {
            let dates = Dates { opens: None, deadline, start: start.map(at), end: None };
            assert_eq!(dates.is_over(at(now)), over, "{start:?} at {now}");
        }
        let deadline_of_never = at("9999-12-31T23:59:59.999Z");
        let never = Dates { opens: None, deadline: deadline_of_never, start: None, end: None };
        assert!(!never.is_over(deadline));
    }

    #[test]
    fn a_competition_ends_after_its_start() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (start, later) = (at("2026-12-01T00:00:00Z"), at("2026-12-01T00:00:00.001Z"));
        for (start, end, is_right) in [
            (Some(start), Some(later), true),
            (Some(start), Some(start), false),
            (None, Some(later), false),
            (Some(start), None, true),
        ] {
            let dates = Dates { opens: None, deadline: at("2026-11-24T00:00:00Z"), start, end };
            let code = dates.in_order().map_err(|error| error.code).err();
            assert_eq!(code, (!is_right).then_some(ErrorCode::EndNotAfterStart), "{dates:?}");
        }
    }
}
