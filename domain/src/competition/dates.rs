//! The dates of a competition, and their order.

use chrono::TimeDelta;

use super::date_fault::DateFault;
use crate::Timestamp;

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

/// When the earliest start is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum StartRule {
    /// After the registration deadline, as clients of the first version expect it.
    #[default]
    AfterDeadline,
    /// At the registration deadline: registration closes at the start.
    AtDeadline,
}

impl StartRule {
    /// The rule of a request that says whether the deadline may equal the start.
    pub(super) fn of(deadline_may_equal_start: bool) -> Self {
        if deadline_may_equal_start { Self::AtDeadline } else { Self::AfterDeadline }
    }

    fn allows(self, start: Timestamp, deadline: Timestamp) -> bool {
        match self {
            Self::AfterDeadline => start > deadline,
            Self::AtDeadline => start >= deadline,
        }
    }
}

impl Dates {
    /// Whether registration closes at the start.
    pub fn close_at_start(self) -> bool {
        self.start == Some(self.deadline)
    }

    /// Whether the competition has started at `now`, or has no start date and the deadline passed
    /// [`UNDATED_FOR`] ago. Then participants cannot cancel their registrations.
    pub fn has_started(self, now: Timestamp) -> bool {
        match self.start {
            Some(start) => start <= now,
            None => self.deadline.utc() + UNDATED_FOR <= now.utc(),
        }
    }

    /// Whether it has started at `now`, and ends later. One without an end is over when it starts.
    pub fn is_under_way(self, now: Timestamp) -> bool {
        self.start.is_some_and(|start| start <= now) && self.end.is_some_and(|end| now < end)
    }

    /// Whether it is over at `now`: it has started, and is not under way. Then its organizer can
    /// neither cancel it nor change its registrations.
    pub fn is_over(self, now: Timestamp) -> bool {
        self.has_started(now) && !self.is_under_way(now)
    }

    /// Whether a seat that becomes free at `now` goes to the first on the waiting list.
    pub fn passes_seats_on(self, now: Timestamp) -> bool {
        // A server of an earlier release may have moved the deadline beyond the end of the list.
        let end = self.promote_until.map_or(self.deadline, |until| until.max(self.deadline));
        now < end && !self.has_started(now)
    }

    /// What is wrong: registration opens before the deadline, the competition starts when the rule
    /// allows it, and ends after its start. Seats are passed on until the deadline at least, and
    /// until it starts at most.
    pub(super) fn faults(self, rule: StartRule) -> Vec<DateFault> {
        let latest = self.start.map_or(self.deadline.utc() + UNDATED_FOR, Timestamp::utc);
        let faults = [
            self.opens
                .is_some_and(|opens| opens >= self.deadline)
                .then_some(DateFault::OpeningNotBeforeDeadline),
            self.start
                .is_some_and(|start| !rule.allows(start, self.deadline))
                .then_some(DateFault::StartNotAfterDeadline),
            self.promote_until.and_then(|until| {
                if until < self.deadline {
                    return Some(DateFault::PromoteUntilBeforeDeadline);
                }
                (until.utc() > latest).then_some(DateFault::PromoteUntilAfterStart)
            }),
            self.end
                .is_some_and(|end| self.start.is_none_or(|start| end <= start))
                .then_some(DateFault::EndNotAfterStart),
        ];
        faults.into_iter().flatten().collect()
    }

    /// The same for dates with a new deadline, at which registration can still close.
    pub(super) fn faults_at(self, now: Timestamp, rule: StartRule) -> Vec<DateFault> {
        let past = (self.deadline <= now).then_some(DateFault::DeadlineNotInFuture);
        past.into_iter().chain(self.faults(rule)).collect()
    }

    /// Whether a competition with these dates can be published at `now`, if it may start when
    /// registration closes.
    pub fn can_be_published(self, now: Timestamp) -> bool {
        self.faults_at(now, StartRule::AtDeadline).is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::date_fault::error_of, *};
    use crate::ErrorCode;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    /// Closes at `deadline`; the rest is not set.
    fn closing(deadline: Timestamp) -> Dates {
        Dates { opens: None, deadline, promote_until: None, start: None, end: None }
    }

    #[test]
    fn a_competition_has_started_at_its_start_or_90_days_after_its_deadline() {
        let deadline = at("2026-11-24T00:00:00Z");
        for (start, now, has_started) in [
            (Some("2026-12-01T00:00:00Z"), "2026-11-30T23:59:59.999Z", false),
            (Some("2026-12-01T00:00:00Z"), "2026-12-01T00:00:00Z", true),
            (Some("2027-12-01T00:00:00Z"), "2027-06-01T00:00:00Z", false),
            (None, "2027-02-21T23:59:59.999Z", false),
            (None, "2027-02-22T00:00:00Z", true),
        ] {
            let dates = Dates { start: start.map(at), ..closing(deadline) };
            assert_eq!(dates.has_started(at(now)), has_started, "{start:?} at {now}");
            // Without an end.
            assert_eq!(dates.is_over(at(now)), has_started, "{start:?} at {now}");
        }
        assert!(!closing(at("9999-12-31T23:59:59.999Z")).has_started(deadline));
    }

    #[test]
    fn a_competition_is_under_way_from_its_start_to_its_end_if_one_is_set() {
        let (start, end) = (at("2026-12-01T00:00:00Z"), at("2026-12-02T00:00:00Z"));
        for (end, now, is_under_way) in [
            (Some(end), "2026-11-30T23:59:59.999Z", false),
            (Some(end), "2026-12-01T00:00:00Z", true),
            (Some(end), "2026-12-01T23:59:59.999Z", true),
            (Some(end), "2026-12-02T00:00:00Z", false),
            (None, "2026-12-01T00:00:00Z", false),
        ] {
            let dates = Dates { start: Some(start), end, ..closing(at("2026-11-24T00:00:00Z")) };
            assert_eq!(dates.is_under_way(at(now)), is_under_way, "{end:?} at {now}");
            let is_over = dates.has_started(at(now)) && !is_under_way;
            assert_eq!(dates.is_over(at(now)), is_over, "{end:?} at {now}");
        }
    }

    #[test]
    fn a_start_at_the_deadline_is_wrong_unless_the_rule_allows_it() {
        let deadline = at("2026-11-24T00:00:00Z");
        let fault = DateFault::StartNotAfterDeadline;
        for (start, rule, fault) in [
            ("2026-11-23T23:59:59.999Z", StartRule::AtDeadline, Some(fault)),
            ("2026-11-24T00:00:00Z", StartRule::AtDeadline, None),
            ("2026-11-24T00:00:00Z", StartRule::AfterDeadline, Some(fault)),
            ("2026-11-24T00:00:00.001Z", StartRule::AfterDeadline, None),
        ] {
            let dates = Dates { start: Some(at(start)), ..closing(deadline) };
            assert_eq!(dates.faults(rule), Vec::from_iter(fault), "{start} {rule:?}");
        }
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
            let fault = (!is_right).then_some(DateFault::EndNotAfterStart);
            assert_eq!(dates.faults(StartRule::AfterDeadline), Vec::from_iter(fault), "{dates:?}");
        }
    }

    #[test]
    fn a_waiting_list_ends_between_the_deadline_and_the_start() {
        let (deadline, start) = (at("2026-11-24T00:00:00Z"), at("2026-12-01T00:00:00Z"));
        for (until, start, fault) in [
            ("2026-11-23T23:59:59Z", None, Some(DateFault::PromoteUntilBeforeDeadline)),
            ("2026-11-24T00:00:00Z", Some(start), None),
            ("2026-12-01T00:00:00Z", Some(start), None),
            ("2026-12-01T00:00:01Z", Some(start), Some(DateFault::PromoteUntilAfterStart)),
            ("2027-02-22T00:00:00Z", None, None),
            ("2027-02-22T00:00:01Z", None, Some(DateFault::PromoteUntilAfterStart)),
        ] {
            let dates = Dates { promote_until: Some(at(until)), start, ..closing(deadline) };
            assert_eq!(dates.faults(StartRule::AfterDeadline), Vec::from_iter(fault), "{dates:?}");
        }
    }

    #[test]
    fn all_faults_are_found_at_once_and_the_first_names_the_error() {
        let now = at("2026-11-25T00:00:00Z");
        let wrong = Dates {
            opens: Some(now),
            start: Some(at("2026-11-20T00:00:00Z")),
            promote_until: Some(at("2026-11-01T00:00:00Z")),
            end: Some(at("2026-11-19T00:00:00Z")),
            ..closing(at("2026-11-24T00:00:00Z"))
        };
        let error = error_of(&wrong.faults_at(now, StartRule::AtDeadline)).unwrap();
        assert_eq!(error.code, ErrorCode::DeadlineNotInFuture);
        assert_eq!(error.message, DateFault::DeadlineNotInFuture.message());
        let fields: Vec<_> = error.fields.iter().map(|fault| &*fault.field).collect();
        assert_eq!(fields, ["regDeadline", "regOpensAt", "startDate", "promoteUntil", "endsAt"]);
    }

    #[test]
    fn seats_are_passed_on_until_the_waiting_list_ends_or_the_competition_starts() {
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
