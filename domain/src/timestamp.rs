//! Points in time, in UTC.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SecondsFormat, SubsecRound, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time in UTC, to the millisecond; on the wire `2026-11-29T07:10:30.000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = DateTime))]
pub struct Timestamp(DateTime<Utc>);

/// The text is no ISO 8601 date or time between the years 1 and 9999.
#[derive(Debug, thiserror::Error)]
#[error("not an ISO 8601 date and time")]
pub struct InvalidTimestamp;

/// What an `<input type="datetime-local">` sends, with and without seconds.
const LOCAL_FORMATS: [&str; 3] = ["%Y-%m-%dT%H:%M:%S%.f", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S%.f"];

impl Timestamp {
    /// The time this many seconds after 1970 began; `None` out of the range of dates.
    pub fn from_unix(seconds: i64) -> Option<Self> {
        DateTime::from_timestamp(seconds, 0).map(Self)
    }

    /// The time this many milliseconds after 1970 began; `None` out of the range of dates.
    pub fn from_unix_millis(millis: i64) -> Option<Self> {
        DateTime::from_timestamp_millis(millis).map(Self)
    }

    /// The underlying time.
    pub fn utc(self) -> DateTime<Utc> {
        self.0
    }

    /// `29 November 2026, 07:10 UTC`: the form people read, the same on server and browser.
    pub fn human(self) -> String {
        self.0.format("%-d %B %Y, %H:%M UTC").to_string()
    }

    /// `29 November 2026`: the day that it is in UTC.
    pub fn human_day(self) -> String {
        self.0.format("%-d %B %Y").to_string()
    }
}

impl From<DateTime<Utc>> for Timestamp {
    /// Cuts to the millisecond, so that a time reads back from any database as it was written.
    fn from(time: DateTime<Utc>) -> Self {
        Self(time.trunc_subsecs(3))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// Reads ISO 8601. A time without an offset is UTC; a date alone is its midnight in UTC.
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let text = text.trim();
        let time = DateTime::parse_from_rfc3339(text)
            .map(|time| time.to_utc())
            .ok()
            .or_else(|| {
                LOCAL_FORMATS
                    .iter()
                    .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok())
                    .or_else(|| {
                        let date = NaiveDate::parse_from_str(text, "%Y-%m-%d").ok()?;
                        date.and_hms_opt(0, 0, 0)
                    })
                    .map(|time| time.and_utc())
            })
            .ok_or(InvalidTimestamp)?;
        if (1..=9999).contains(&time.year()) { Ok(time.into()) } else { Err(InvalidTimestamp) }
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn wire(text: &str) -> Option<String> {
        text.parse::<Timestamp>().ok().map(|time| time.to_string())
    }

    #[test]
    fn every_usual_spelling_becomes_utc_with_milliseconds() {
        for (text, expected) in [
            ("2026-11-29T07:10:30Z", "2026-11-29T07:10:30.000Z"),
            ("2026-11-29T09:10:30.1239+02:00", "2026-11-29T07:10:30.123Z"),
            ("2026-11-29T07:10", "2026-11-29T07:10:00.000Z"),
            ("2026-11-29", "2026-11-29T00:00:00.000Z"),
        ] {
            assert_eq!(wire(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn impossible_dates_are_refused() {
        for text in ["2026-02-31T00:00:00Z", "2026-13-01", "soon", "", "+12026-01-01T00:00:00Z"] {
            assert_eq!(wire(text), None, "{text}");
        }
    }
}
