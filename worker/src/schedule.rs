//! Cron expressions.

use std::{fmt, str::FromStr};

use croner::{
    Cron,
    parser::{CronParser, Seconds},
};
use domain::Timestamp;

/// A cron expression, in UTC: minute, hour, day of month, month, day of week, with seconds before
/// them if there are six fields.
#[derive(Clone, Debug)]
pub struct Schedule(Cron);

impl FromStr for Schedule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parser = CronParser::builder().seconds(Seconds::Optional).build();
        let cron = parser.parse(text).map_err(|error| {
            format!(
                "{error}; a cron expression is five fields like `*/10 * * * *`, \
                 or six with seconds in front, in UTC"
            )
        })?;
        Ok(Self(cron))
    }
}

impl fmt::Display for Schedule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl Schedule {
    /// The first tick after `time`; `None` if there is none, as for 30 February.
    pub fn next_after(&self, time: Timestamp) -> Option<Timestamp> {
        self.0.find_next_occurrence(&time.utc(), false).ok().map(Timestamp::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_follow_each_other_in_utc() {
        let schedule: Schedule = "*/10 * * * *".parse().unwrap();
        let first = schedule.next_after("2026-11-23T11:59:59.500Z".parse().unwrap()).unwrap();
        assert_eq!(first.to_string(), "2026-11-23T12:00:00.000Z");
        let second = schedule.next_after(first).unwrap();
        assert_eq!(second.to_string(), "2026-11-23T12:10:00.000Z");
    }

    #[test]
    fn a_sixth_field_in_front_is_seconds() {
        let schedule: Schedule = "*/15 * * * * *".parse().unwrap();
        let next = schedule.next_after("2026-11-23T12:00:01.000Z".parse().unwrap()).unwrap();
        assert_eq!(next.to_string(), "2026-11-23T12:00:15.000Z");
    }

    #[test]
    fn an_invalid_expression_is_rejected() {
        for bad in ["", "soon", "* * *", "61 * * * *"] {
            assert!(bad.parse::<Schedule>().is_err(), "{bad}");
        }
    }
}
