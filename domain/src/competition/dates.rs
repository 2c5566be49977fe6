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
    /// Until when seats that become free go to the first on the waiting list; `None` for the
    /// deadline.
    pub promote_until: Option<Timestamp>,
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

    /// Whether a seat that becomes free at `now` goes to the first on the waiting list.
    pub fn passes_seats_on(self, now: Timestamp) -> bool {
        // A server of an earlier release may have moved the deadline beyond the end of the list.
        let end = self.promote_until.map_or(self.deadline, |until| until.max(self.deadline));
        now < end && !self.is_over(now)
    }

    /// Registration opens before the deadline, the competition starts after it, and ends after its
    /// start. Seats are passed on until the deadline at least, and until it is over at most.
    ///
    /// # Errors
    /// [`ErrorCode::OpeningNotBeforeDeadline`], [`ErrorCode::StartNotAfterDeadline`],
    /// [`ErrorCode::PromoteUntilBeforeDeadline`], [`ErrorCode::PromoteUntilAfterStart`],
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
        if let Some(promote_until) = self.promote_until {
            if promote_until < self.deadline {
                let message = "Waiting list must not end before the registration deadline";
                let code = ErrorCode::PromoteUntilBeforeDeadline;
                return Err(PublicError::on_field(code, "promoteUntil", message));
            }
            let latest = self.start.map_or(self.deadline.utc() + UNDATED_FOR, Timestamp::utc);
            if promote_until.utc() > latest {
                let message = "Waiting list must not end after the start date, or without one \
                               later than 90 days after the registration deadline";
                let code = ErrorCode::PromoteUntilAfterStart;
                return Err(PublicError::on_field(code, "promoteUntil", message));
            }
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

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Closes at `deadline`; the rest is not set.
    fn closing(deadline: Timestamp) -> Dates {
        Dates { opens: None, deadline, promote_until: None, start: None, end: None }
    }

    #[test]
    fn a_competition_is_over_once_it_starts_or_90_days_after_its_deadline() {
        let deadline = at("2026-11-24T00:00:00Z");
        for (start, now, over) in [
            (Some("2026-12-01T00:00:00Z"), "2026-11-30T23:59:59.999Z", false),
            (Some("2026-12-01T00:00:00Z"), "2026-12-01T00:00:00Z", true),
            (Some("2027-12-01T00:00:00Z"), "2027-06-01T00:00:00Z", false),
            (None, "2027-02-21T23:59:59.999Z", false),
            (None, "2027-02-22T00:00:00Z", true),
        ] {
            let dates = Dates { start: start.map(at), ..closing(deadline) };
            assert_eq!(dates.is_over(at(now)), over, "{start:?} at {now}");
        }
        assert!(!closing(at("9999-12-31T23:59:59.999Z")).is_over(deadline));
    }

    #[test]
    fn a_competition_ends_after_its_start() {
        let (start, later) = (at("2026-12-01T00:00:00Z"), at("2026-12-01T00:00:00.001Z"));
        for (start, end, is_right) in [
            (Some(start), Some(later), true),
            (Some(start), Some(start), false),
            (None, Some(later), false),
            (Some(start), None, true),
        ] {
            let dates = Dates { start, end, ..closing(at("2026-11-24T00:00:00Z")) };
            let code = dates.in_order().map_err(|error| error.code).err();
            assert_eq!(code, (!is_right).then_some(ErrorCode::EndNotAfterStart), "{dates:?}");
        }
    }

    #[test]
    fn a_waiting_list_ends_between_the_deadline_and_the_start() {
        let (deadline, start) = (at("2026-11-24T00:00:00Z"), at("2026-12-01T00:00:00Z"));
        for (until, start, code) in [
            ("2026-11-23T23:59:59Z", None, Some(ErrorCode::PromoteUntilBeforeDeadline)),
            ("2026-11-24T00:00:00Z", Some(start), None),
            ("2026-12-01T00:00:00Z", Some(start), None),
            ("2026-12-01T00:00:01Z", Some(start), Some(ErrorCode::PromoteUntilAfterStart)),
            ("2027-02-22T00:00:00Z", None, None),
            ("2027-02-22T00:00:01Z", None, Some(ErrorCode::PromoteUntilAfterStart)),
        ] {
            let dates = Dates { promote_until: Some(at(until)), start, ..closing(deadline) };
            assert_eq!(dates.in_order().map_err(|error| error.code).err(), code, "{dates:?}");
        }
    }

    #[test]
    fn seats_are_passed_on_until_the_waiting_list_ends_or_the_competition_is_over() {
        let deadline = at("2026-11-24T00:00:00Z");
        for (until, now, passes_on) in [
            (None, "2026-11-23T23:59:59.999Z", true),
            (None, "2026-11-24T00:00:00Z", false),
            (Some("2026-11-30T00:00:00Z"), "2026-11-29T23:59:59.999Z", true),
            (Some("2026-11-30T00:00:00Z"), "2026-11-30T00:00:00Z", false),
            (Some("2028-01-01T00:00:00Z"), "2027-02-22T00:00:00Z", false),
            (Some("2026-11-20T00:00:00Z"), "2026-11-23T00:00:00Z", true),
        ] {
            let dates = Dates { promote_until: until.map(at), ..closing(deadline) };
            assert_eq!(dates.passes_seats_on(at(now)), passes_on, "{until:?} at {now}");
        }
    }
}
