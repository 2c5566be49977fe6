//! The time that is left, in words.

use crate::{Timestamp, grouped};

/// Units of time, in seconds, and their names.
const UNITS: [(i64, &str); 4] =
    [(24 * 60 * 60, "day"), (60 * 60, "hour"), (60, "minute"), (1, "second")];

/// `in 3 days`, in the largest unit that fits, rounded down; `None` from `then` on.
pub fn countdown(now: Timestamp, then: Timestamp) -> Option<String> {
    let left = then.utc().timestamp_millis() - now.utc().timestamp_millis();
    if left <= 0 {
        return None;
    }
    // Round up to whole seconds.
    let seconds = (left + 999) / 1000;
    let (unit, name) = UNITS.into_iter().find(|(unit, _)| seconds >= *unit)?;
    let count = seconds / unit;
    let plural = if count == 1 { "" } else { "s" };
    Some(format!("in {} {name}{plural}", grouped(count.unsigned_abs())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(now: &str, then: &str) -> Option<String> {
        countdown(now.parse().unwrap(), then.parse().unwrap())
    }

    #[test]
    fn units_change_and_time_runs_out_to_the_second() {
        let then = "2026-11-29T12:00:00Z";
        for (now, expected) in [
            ("2023-07-14T12:00:00Z", "in 1,234 days"),
            ("2026-11-26T12:00:00Z", "in 3 days"),
            ("2026-11-26T12:00:01Z", "in 2 days"),
            ("2026-11-28T12:00:00Z", "in 1 day"),
            ("2026-11-28T12:00:01Z", "in 23 hours"),
            ("2026-11-29T11:00:00Z", "in 1 hour"),
            ("2026-11-29T11:00:01Z", "in 59 minutes"),
            ("2026-11-29T11:59:00Z", "in 1 minute"),
            ("2026-11-29T11:59:01Z", "in 59 seconds"),
            ("2026-11-29T11:59:59Z", "in 1 second"),
            ("2026-11-29T11:59:59.999Z", "in 1 second"),
        ] {
            assert_eq!(words(now, then).as_deref(), Some(expected), "{now}");
        }
        assert_eq!(words(then, then), None);
        assert_eq!(words("2026-11-30T12:00:00Z", then), None);
    }

    #[test]
    fn a_day_across_a_change_of_summer_time_is_24_hours() {
        // Half past ten in the evening in Berlin: 25 hours apart in autumn, 23 in spring.
        assert_eq!(
            words("2026-10-24T22:30:00+02:00", "2026-10-25T22:30:00+01:00").as_deref(),
            Some("in 1 day")
        );
        assert_eq!(
            words("2026-03-28T22:30:00+01:00", "2026-03-29T22:30:00+02:00").as_deref(),
            Some("in 23 hours")
        );
    }
}
