//! When participants are reminded of a competition.

use std::{fmt, str::FromStr};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::{Raw, Timestamp};

/// The most reminders of one start.
pub const MAX_REMINDERS: usize = 3;
/// The shortest time from a reminder to the start, in minutes: reminders go out every ten minutes.
pub const MIN_REMINDER: u32 = 60;
/// The longest time from a reminder to the start, in minutes: 30 days.
pub const MAX_REMINDER: u32 = 30 * DAY;
/// A reminder that could not be sent for so long, in minutes, is not sent any more.
const LATEST: u32 = DAY;

/// One of the numbers in the description of the API.
#[cfg(feature = "openapi")]
#[derive(Clone, Copy, Debug)]
pub struct ReminderMinutes;

schema!(
    ReminderMinutes,
    crate::schema::whole("Minutes before the start", MIN_REMINDER, MAX_REMINDER)
);

const HOUR: u32 = 60;
const DAY: u32 = 24 * HOUR;
const WEEK: u32 = 7 * DAY;
/// Their lengths and names, with the short ones.
const UNITS: [(u32, [&str; 3]); 4] = [
    (WEEK, ["week", "wk", "w"]),
    (DAY, ["day", "d", "d"]),
    (HOUR, ["hour", "hr", "h"]),
    (1, ["minute", "min", "m"]),
];

/// How long before its start the participants of a competition are reminded, in minutes: up to
/// [`MAX_REMINDERS`] times, the first reminder first. By default once, a day before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ReminderOffsets(Vec<u32>);

impl Default for ReminderOffsets {
    fn default() -> Self {
        Self(vec![DAY])
    }
}

impl ReminderOffsets {
    /// The reason to refuse anything else.
    pub const WRONG: &'static str =
        "Reminder offsets must be up to three whole numbers of minutes, from 60 to 43200";

    /// Reads them as the field of a body: by default where it is absent or null.
    ///
    /// # Errors
    /// [`Self::WRONG`].
    pub(super) fn check(raw: Raw<Vec<i64>>) -> Result<Self, String> {
        match raw {
            Raw::Missing => Ok(Self::default()),
            Raw::Given(minutes) => Self::of(minutes),
            Raw::WrongType => Err(Self::WRONG.into()),
        }
    }

    fn of(minutes: Vec<i64>) -> Result<Self, String> {
        let known = |minutes: i64| {
            u32::try_from(minutes).ok().filter(|some| (MIN_REMINDER..=MAX_REMINDER).contains(some))
        };
        let minutes: Option<Vec<u32>> = minutes.into_iter().map(known).collect();
        let mut minutes = minutes.ok_or(Self::WRONG)?;
        minutes.sort_unstable_by(|a, b| b.cmp(a));
        minutes.dedup();
        if minutes.len() > MAX_REMINDERS {
            return Err(Self::WRONG.into());
        }
        Ok(Self(minutes))
    }

    /// The minutes, the most first.
    pub fn minutes(&self) -> &[u32] {
        &self.0
    }

    /// The reminder of a `start` that is to be sent at `now`: the last one whose time has come,
    /// until a day later. Returns how long before the start its time was.
    pub fn due(&self, start: Timestamp, now: Timestamp) -> Option<TimeDelta> {
        let shortest_first = self.0.iter().rev().copied();
        let is_due = |offset: &TimeDelta| {
            let from = start.utc() - *offset;
            let until = start.utc().min(from + minutes(LATEST));
            (from..until).contains(&now.utc())
        };
        shortest_first.map(minutes).find(is_due)
    }

    /// In words, as a form shows them: `1 week, 1 day, 90 minutes`; empty for none.
    pub fn in_words(&self) -> String {
        let words = |minutes: &u32| {
            let unit = UNITS.into_iter().find(|(length, _)| minutes.is_multiple_of(*length));
            let (length, [unit, ..]) = unit.expect("every number is a multiple of 1");
            match minutes / length {
                1 => format!("1 {unit}"),
                many => format!("{many} {unit}s"),
            }
        };
        self.0.iter().map(words).collect::<Vec<_>>().join(", ")
    }
}

/// The minutes in a text as [`ReminderOffsets::in_words`] writes it, in any case, with short units
/// and with `and`: `1w, 36 hrs and 2 h`. `None` for anything else.
pub fn reminder_minutes(text: &str) -> Option<Vec<i64>> {
    let text = text.trim().to_lowercase().replace(" and ", ",");
    if text.is_empty() {
        return Some(Vec::new());
    }
    let one = |part: &str| {
        let part = part.trim();
        let end = part.find(|c: char| !c.is_ascii_digit())?;
        let (number, unit) = (part[..end].parse::<i64>().ok()?, part[end..].trim());
        let unit = unit.strip_suffix('s').unwrap_or(unit);
        let (length, _) = UNITS.into_iter().find(|(_, names)| names.contains(&unit))?;
        number.checked_mul(length.into())
    };
    text.split(',').map(one).collect()
}

fn minutes(number: u32) -> TimeDelta {
    TimeDelta::minutes(number.into())
}

impl fmt::Display for ReminderOffsets {
    /// As the database has them: `10080,1440`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let minutes: Vec<_> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&minutes.join(","))
    }
}

impl FromStr for ReminderOffsets {
    type Err = String;

    /// Reads what [`fmt::Display`] writes.
    fn from_str(text: &str) -> Result<Self, String> {
        let minutes = text.split(',').filter(|part| !part.is_empty()).map(str::parse);
        Self::of(minutes.collect::<Result<_, _>>().map_err(|_| Self::WRONG)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn of(minutes: &[i64]) -> ReminderOffsets {
        ReminderOffsets::of(minutes.to_vec()).unwrap()
    }

    #[test]
    fn reminders_are_at_most_three_from_an_hour_to_thirty_days_before() {
        assert_eq!(of(&[60, 1_440, 60, 43_200]).minutes(), [43_200, 1_440, 60]);
        assert_eq!(of(&[]).minutes(), [0; 0]);
        for wrong in [&[59][..], &[43_201], &[-1], &[60, 61, 62, 63]] {
            assert!(ReminderOffsets::of(wrong.to_vec()).is_err(), "{wrong:?}");
        }
        assert_eq!(ReminderOffsets::check(Raw::Missing).unwrap().minutes(), [1_440]);
        assert!(ReminderOffsets::check(Raw::WrongType).is_err());
    }

    #[test]
    fn the_words_of_reminders_are_read_as_they_are_written() {
        for (minutes, words) in [
            (&[10_080, 1_440, 90][..], "1 week, 1 day, 90 minutes"),
            (&[2_880, 180], "2 days, 3 hours"),
            (&[], ""),
        ] {
            let offsets = of(minutes);
            assert_eq!(offsets.in_words(), words);
            assert_eq!(reminder_minutes(words).as_deref(), Some(minutes));
            assert_eq!(offsets.to_string().parse(), Ok(offsets));
        }
        let typed = " 1W ,36 hrs and 2hours";
        assert_eq!(reminder_minutes(typed), Some(vec![10_080, 2_160, 120]));
        for wrong in ["day", "1", "1 fortnight", "none", "-1 day", "1 day,", "1 day 2 hours"] {
            assert_eq!(reminder_minutes(wrong), None, "{wrong:?}");
        }
        assert_eq!(reminder_minutes("9223372036854775807 weeks"), None);
    }

    #[test]
    fn the_last_reminder_whose_time_has_come_is_due_for_a_day_and_not_after_the_start() {
        let offsets = of(&[10_080, 1_440, 120]);
        let start = at("2026-12-10T12:00:00Z");
        for (now, due) in [
            ("2026-12-03T11:59:59.999Z", None),
            ("2026-12-03T12:00:00Z", Some(10_080)),
            ("2026-12-04T11:59:59.999Z", Some(10_080)),
            ("2026-12-04T12:00:00Z", None),
            ("2026-12-09T12:00:00Z", Some(1_440)),
            ("2026-12-10T10:00:00Z", Some(120)),
            ("2026-12-10T11:59:59.999Z", Some(120)),
            ("2026-12-10T12:00:00Z", None),
        ] {
            assert_eq!(offsets.due(start, at(now)), due.map(minutes), "{now}");
        }
    }
}
