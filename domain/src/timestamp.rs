//! Points in time, in UTC.

use std::{fmt, str::FromStr};

use chrono::{DateTime, Datelike, NaiveDate, NaiveDateTime, SecondsFormat, TimeDelta, Utc};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A point in time in UTC, to the millisecond; on the wire `2026-11-29T07:10:30.000Z`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(
    feature = "openapi",
    schema(value_type = String, format = DateTime, example = "2030-11-29T07:10:30.000Z")
)]
pub struct Timestamp(DateTime<Utc>);

/// The text is no ISO 8601 date or time between the years 1970 and 9999.
#[derive(Debug, thiserror::Error)]
#[error("not an ISO 8601 date and time")]
pub struct InvalidTimestamp;

/// Years that every client can work with, on clocks on either side of UTC too: Python's dates end
/// with 9999, many clients count from 1970 on.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=9999;
/// Years of four digits. Earlier releases accepted all of them.
const YEARS_EVER_ACCEPTED: std::ops::RangeInclusive<i32> = 1..=9999;

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

    /// The same time, if a client may send it: between the years 1970 and 9999 in UTC.
    ///
    /// # Errors
    /// [`InvalidTimestamp`] for any other year.
    pub fn in_range(self) -> Result<Self, InvalidTimestamp> {
        if YEARS.contains(&self.0.year()) { Ok(self) } else { Err(InvalidTimestamp) }
    }

    /// `29 November 2026, 07:10 UTC`: the form people read, the same on server and browser.
    pub fn human(self) -> String {
        self.0.format("%-d %B %Y, %H:%M UTC").to_string()
    }

    /// `29 November 2026`: the day that it is in UTC.
    pub fn human_day(self) -> String {
        self.0.format("%-d %B %Y").to_string()
    }

    /// `29 Nov`: the day in UTC without its year.
    pub fn short_day(self) -> String {
        self.0.format("%-d %b").to_string()
    }
}

/// Reads a local time as an `<input type="datetime-local">` sends it: `2026-11-29T07:10`, with or
/// without seconds. `None` for a date alone, a time with an offset, and an invalid time.
pub fn local_time(text: &str) -> Option<NaiveDateTime> {
    match read(text.trim(), LeapSeconds::Refused)? {
        Written { date, time: Some(time), offset: None } => Some(date.and_time(time)),
        _ => None,
    }
}

impl From<DateTime<Utc>> for Timestamp {
    /// Cuts to the millisecond, so that a time reads back from any database as it was written. A
    /// leap second, which no database and few clients know, becomes the second after it.
    fn from(time: DateTime<Utc>) -> Self {
        Self(DateTime::from_timestamp_millis(time.timestamp_millis()).unwrap_or(time))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl FromStr for Timestamp {
    type Err = InvalidTimestamp;

    /// Reads ISO 8601. A time without an offset is UTC; a date alone is its midnight in UTC. Digits
    /// after the milliseconds are dropped. A leap second is refused: Python and JavaScript cannot
    /// read one.
    fn from_str(text: &str) -> Result<Self, InvalidTimestamp> {
        let written = read(text.trim(), LeapSeconds::Refused).ok_or(InvalidTimestamp)?;
        written.in_utc().ok_or(InvalidTimestamp)?.in_range()
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    /// Reads a stored time. Older versions have stored leap seconds and any year of four digits in
    /// idempotency records.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        read(&text, LeapSeconds::Counted)
            .and_then(Written::in_utc)
            .filter(|time| YEARS_EVER_ACCEPTED.contains(&time.0.year()))
            .ok_or_else(|| serde::de::Error::custom(InvalidTimestamp))
    }
}

/// What to do with `23:59:60`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum LeapSeconds {
    Refused,
    /// It is the second after 59.
    Counted,
}

/// A parsed text: a date, and the time and offset after it.
struct Written {
    date: NaiveDate,
    time: Option<chrono::NaiveTime>,
    /// How far its clock is ahead of UTC.
    offset: Option<TimeDelta>,
}

impl Written {
    fn in_utc(self) -> Option<Timestamp> {
        let shown = self.date.and_time(self.time.unwrap_or_default());
        let utc = shown.checked_sub_signed(self.offset.unwrap_or_default())?;
        Some(utc.and_utc().into())
    }
}

/// `2026-11-29`, then nothing or `T07:10`, `:30`, `.123` and an offset. A format string of chrono's
/// would also read `+12026-1-2`, second 60 and signs that are not ASCII.
fn read(text: &str, leap_seconds: LeapSeconds) -> Option<Written> {
    let mut rest = Rest(text.as_bytes());
    let year = i32::try_from(rest.number(4)?).ok()?;
    rest.take(b"-")?;
    let month = rest.number(2)?;
    rest.take(b"-")?;
    let date = NaiveDate::from_ymd_opt(year, month, rest.number(2)?)?;
    if rest.0.is_empty() {
        return Some(Written { date, time: None, offset: None });
    }
    rest.take(b"Tt ")?;
    let hour = rest.number(2)?;
    rest.take(b":")?;
    let minute = rest.number(2)?;
    let (mut second, mut millis) = (0, 0);
    if rest.take(b":").is_some() {
        second = rest.number(2)?;
        if rest.take(b".").is_some() {
            millis = rest.fraction()?;
        }
    }
    let is_leap = second == 60 && leap_seconds == LeapSeconds::Counted;
    // To chrono the milliseconds of a leap second are 1000 and more of second 59.
    let (second, millis) = if is_leap { (59, 1000 + millis) } else { (second, millis) };
    let time = chrono::NaiveTime::from_hms_milli_opt(hour, minute, second, millis)?;
    let offset = rest.offset()?;
    rest.0.is_empty().then_some(Written { date, time: Some(time), offset })
}

/// The bytes that are not parsed yet.
struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    /// One character, if it is one of these.
    fn take(&mut self, any_of: &[u8]) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        any_of.contains(first).then(|| self.0 = rest)?;
        Some(*first)
    }

    /// Exactly so many digits.
    fn number(&mut self, digits: usize) -> Option<u32> {
        let (number, rest) = self.0.split_at_checked(digits)?;
        self.0 = rest;
        number.iter().try_fold(0, |number, byte| {
            byte.is_ascii_digit().then(|| number * 10 + u32::from(byte - b'0'))
        })
    }

    /// At least one digit: the milliseconds that they begin with.
    fn fraction(&mut self) -> Option<u32> {
        let digits = self.0.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (fraction, rest) = self.0.split_at(digits);
        self.0 = rest;
        let digit = |at: usize| fraction.get(at).map_or(0, |byte| u32::from(byte - b'0'));
        (digits > 0).then(|| digit(0) * 100 + digit(1) * 10 + digit(2))
    }

    /// `Z`, `+01:00`, or nothing.
    fn offset(&mut self) -> Option<Option<TimeDelta>> {
        if self.0.is_empty() {
            return Some(None);
        }
        if self.take(b"Zz").is_some() {
            return Some(Some(TimeDelta::zero()));
        }
        let sign = if self.take(b"+-")? == b'-' { -1 } else { 1 };
        let hours = self.number(2).filter(|hours| *hours < 24)?;
        self.take(b":")?;
        let minutes = self.number(2).filter(|minutes| *minutes < 60)?;
        Some(Some(TimeDelta::minutes(sign * i64::from(hours * 60 + minutes))))
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
            ("2026-11-29t07:10:30z", "2026-11-29T07:10:30.000Z"),
            ("2026-11-29 07:10:30.5", "2026-11-29T07:10:30.500Z"),
            ("2026-11-29T09:10:30.1239+02:00", "2026-11-29T07:10:30.123Z"),
            ("2026-11-29T07:10:30.99999999999999999999-00:00", "2026-11-29T07:10:30.999Z"),
            ("2026-11-29T00:00:00+23:59", "2026-11-28T00:01:00.000Z"),
            ("2026-11-29T07:10", "2026-11-29T07:10:00.000Z"),
            (" 2026-11-29 ", "2026-11-29T00:00:00.000Z"),
            ("2028-02-29", "2028-02-29T00:00:00.000Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000Z"),
            ("9999-12-31T23:59:59.999Z", "9999-12-31T23:59:59.999Z"),
        ] {
            assert_eq!(wire(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn a_time_that_clients_cannot_read_is_rejected() {
        for text in [
            // Leap seconds, real ones too.
            "2026-12-20T00:00:60Z",
            "2016-12-31T23:59:60Z",
            "2026-12-20 00:00:60",
            "2026-12-20T00:00:61Z",
            // Days and hours that there are not.
            "2026-02-31T00:00:00Z",
            "2026-02-29",
            "2026-13-01",
            "2026-00-01",
            "2026-11-00",
            "2026-11-29T24:00:00Z",
            "2026-11-29T07:60:00Z",
            // Offsets that there are not.
            "2026-11-29T07:10:30+00:60",
            "2026-11-29T07:10:30+24:00",
            "2026-11-29T07:10:30+0200",
            "2026-11-29T07:10:30\u{2212}01:00",
            "2026-11-29T07:10:30 Z",
            // Years out of range, also after the offset.
            "0000-01-01T00:00:00Z",
            "0001-01-01T00:00:00Z",
            "1969-12-31T23:59:59.999Z",
            "1970-01-01T00:00:00+00:01",
            "9999-12-31T23:59:59-00:01",
            "10000-01-01T00:00:00Z",
            "+12026-01-01T00:00:00Z",
            "-2026-01-01T00:00:00Z",
            // Numbers of another length or another script.
            "2026-1-2",
            "2026-11-29T7:10",
            "26-11-29",
            "٢٠٢٦-11-29",
            "2026-11-29T07:10:30.Z",
            "2026-11-29T07:10:30,5Z",
            "2026-11-29T",
            "2026-11-29Z",
            "2026-W48-7",
            "1795936230",
            "soon",
            "",
        ] {
            assert_eq!(wire(text), None, "{text}");
        }
    }

    #[test]
    fn a_stored_leap_second_reads_as_the_next_second() {
        let read = |text: &str| serde_json::from_value::<Timestamp>(text.into()).unwrap();
        assert_eq!(read("2026-12-20T00:00:60.250Z").to_string(), "2026-12-20T00:01:00.250Z");
        assert_eq!(read("0001-01-01T00:00:00.000Z").to_string(), "0001-01-01T00:00:00.000Z");
        let day = NaiveDate::from_ymd_opt(2026, 12, 20).unwrap();
        // What SQLite's rows are read as.
        let leap = day.and_hms_milli_opt(0, 0, 59, 1_250).unwrap().and_utc();
        assert_eq!(Timestamp::from(leap).to_string(), "2026-12-20T00:01:00.250Z");
        assert_eq!(Timestamp::from(leap), read("2026-12-20T00:01:00.250Z"));
    }

    #[test]
    fn a_local_time_has_no_offset_and_is_no_date_alone() {
        let shown = |text: &str| local_time(text).map(|time| time.to_string());
        assert_eq!(shown("2026-11-29T07:10").as_deref(), Some("2026-11-29 07:10:00"));
        assert_eq!(shown(" 2026-11-29T07:10:30 ").as_deref(), Some("2026-11-29 07:10:30"));
        for bad in ["2026-11-29", "2026-11-29T07:10:60", "2026-11-29T07:10Z", "soon"] {
            assert_eq!(shown(bad), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn an_accepted_text_reads_back_from_its_normal_form(
            text in "[0-9]{4}-[0-9]{2}-[0-9]{2}\
                ([Tt ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\\.[0-9]{1,12})?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?)?"
        ) {
            if let Ok(time) = text.parse::<Timestamp>() {
                let written = time.to_string();
                proptest::prop_assert_eq!(written.len(), "2026-11-29T07:10:30.000Z".len());
                proptest::prop_assert_eq!(written.parse::<Timestamp>().unwrap(), time);
            }
        }
    }
}
