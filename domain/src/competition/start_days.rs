//! The days on which competitions start: a filter of lists.

use chrono::{Datelike, NaiveDate};

use crate::Faults;

/// The days on which competitions start, both included. Competitions without a start are on none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct StartDays {
    /// The first one; `None` for any.
    pub from: Option<NaiveDate>,
    /// The last one; `None` for any.
    pub until: Option<NaiveDate>,
}

impl StartDays {
    /// Reads both days, in the form `2026-12-31`. `None` if either is faulty.
    pub(super) fn parse(
        faults: &mut Faults,
        from: Option<&str>,
        until: Option<&str>,
    ) -> Option<Self> {
        let from = faults.check("startsFrom", from.map(|text| day("first", text)).transpose());
        let until = until.map(|text| day("last", text)).transpose();
        let until = until.and_then(|until| match (from.flatten(), until) {
            (Some(from), Some(until)) if until < from => {
                Err("The last day must not be before the first".into())
            }
            _ => Ok(until),
        });
        let until = faults.check("startsUntil", until);
        Some(Self { from: from?, until: until? })
    }
}

/// A day of the years 1 to 9999.
fn day(name: &str, text: &str) -> Result<NaiveDate, String> {
    let is_day = |text: &&str| {
        text.len() == 10 && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-')
    };
    let day = Some(text).filter(is_day);
    let day = day.and_then(|text| NaiveDate::parse_from_str(text, "%Y-%m-%d").ok());
    let day = day.filter(|day| (1..=9_999).contains(&day.year()));
    day.ok_or_else(|| format!("The {name} day must be one that exists, like 2026-12-31"))
}

/// A day, as the description of the API has it.
#[cfg(feature = "openapi")]
#[derive(Debug)]
pub enum Day {}

schema!(Day, {
    let date = utoipa::openapi::KnownFormat::Date;
    crate::schema::text("A day in UTC", "2026-12-31")
        .format(Some(utoipa::openapi::SchemaFormat::KnownFormat(date)))
});

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(from: Option<&str>, until: Option<&str>) -> Result<StartDays, crate::PublicError> {
        let mut faults = Faults::default();
        let days = StartDays::parse(&mut faults, from, until);
        faults.finish(days)
    }

    #[test]
    fn start_days_are_days_that_exist_in_order() {
        let one = parse(Some("2026-12-31"), Some("2026-12-31")).unwrap();
        assert_eq!(one.from, NaiveDate::from_ymd_opt(2026, 12, 31));
        assert_eq!(one.until, one.from);
        assert_eq!(parse(None, None).unwrap(), StartDays::default());
        for (from, until, field) in [
            (Some("2026-02-30"), None, "startsFrom"),
            (Some("2026-2-3"), None, "startsFrom"),
            (None, Some("+2026-12-1"), "startsUntil"),
            (None, Some("-999-01-01"), "startsUntil"),
            (Some("0000-01-01"), None, "startsFrom"),
            (Some("2026- 1- 1"), None, "startsFrom"),
            (None, Some("tomorrow"), "startsUntil"),
            (Some("2026-12-31"), Some("2026-12-30"), "startsUntil"),
        ] {
            let error = parse(from, until).unwrap_err();
            assert_eq!(error.fields[0].field, field, "{from:?} to {until:?}");
        }
    }
}
