//! When a receiver asks for the next request.

use std::time::SystemTime;

use chrono::TimeDelta;
use domain::Timestamp;
use sea_orm::prelude::DateTimeUtc;

/// The longest time in seconds that is read; what is asked for beyond it is not granted anyway.
const LONGEST: i64 = 31_536_000;

/// The time in a `Retry-After`, which has seconds from now on or a date in one of the three formats
/// of HTTP. `None` for anything else.
pub(super) fn read(value: &str, now: Timestamp) -> Option<DateTimeUtc> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // Digits that are no number are too many.
        let seconds = value.parse().unwrap_or(LONGEST).min(LONGEST);
        return Some(now.utc() + TimeDelta::seconds(seconds));
    }
    httpdate::parse_http_date(value).ok().map(<DateTimeUtc as From<SystemTime>>::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_and_the_dates_of_http_are_read() {
        let now: Timestamp = "1994-11-06T08:00:00Z".parse().unwrap();
        let after = |value| read(value, now).map(|time| (time - now.utc()).num_seconds());
        assert_eq!(after("120"), Some(120));
        assert_eq!(after(" 0 "), Some(0));
        assert_eq!(after("Sun, 06 Nov 1994 08:49:37 GMT"), Some(2_977));
        assert_eq!(after("Sunday, 06-Nov-94 08:49:37 GMT"), Some(2_977));
        assert_eq!(after("Sun Nov  6 08:49:37 1994"), Some(2_977));
        assert_eq!(after("Sun, 06 Nov 1994 07:00:00 GMT"), Some(-3_600));
        assert_eq!(after(&"9".repeat(40)), Some(LONGEST));
    }

    #[test]
    fn anything_else_asks_for_nothing() {
        let now = "1994-11-06T08:00:00Z".parse().unwrap();
        for odd in ["", " ", "-1", "+5", "1.5", "5 s", "soon", "2026-11-27", "\u{0663}"] {
            assert_eq!(read(odd, now), None, "{odd:?}");
        }
    }
}
