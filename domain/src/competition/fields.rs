//! Checks of single fields, for new and edited competitions.

use crate::{Raw, TimeZoneName, Timestamp};

/// The most seats a competition may have.
pub const MAX_CAPACITY: u32 = 1_000_000;

pub(super) fn capacity(raw: &Raw<i64>) -> Result<u32, String> {
    let number = match raw {
        Raw::Given(number) => u32::try_from(*number).ok(),
        Raw::Missing | Raw::WrongType => None,
    };
    number
        .filter(|number| (1..=MAX_CAPACITY).contains(number))
        .ok_or_else(|| format!("Capacity must be a whole number from 1 to {MAX_CAPACITY}"))
}

pub(super) fn deadline(raw: &Raw<String>) -> Result<Timestamp, String> {
    time(raw, "Registration deadline")?
        .ok_or_else(|| "Registration deadline must not be blank".into())
}

pub(super) fn start_date(raw: &Raw<String>) -> Result<Option<Timestamp>, String> {
    time(raw, "Start date")
}

pub(super) fn end(raw: &Raw<String>) -> Result<Option<Timestamp>, String> {
    time(raw, "End")
}

pub(super) fn promote_until(raw: &Raw<String>) -> Result<Option<Timestamp>, String> {
    time(raw, "End of the waiting list")
}

pub(super) fn opening(raw: &Raw<String>) -> Result<Option<Timestamp>, String> {
    time(raw, "Opening of registration")
}

pub(super) fn time_zone(
    raw: Raw<String>,
    find_zone: fn(&TimeZoneName) -> Option<TimeZoneName>,
) -> Result<TimeZoneName, String> {
    let name = match raw {
        Raw::Missing => return Ok(TimeZoneName::default()),
        Raw::WrongType => return Err("Time zone must be text".into()),
        Raw::Given(text) => TimeZoneName::parse(&text)?,
    };
    find_zone(&name).ok_or_else(|| TimeZoneName::UNKNOWN.into())
}

/// A form sends an empty text for a time that was not chosen.
pub(crate) fn time(raw: &Raw<String>, label: &str) -> Result<Option<Timestamp>, String> {
    let wrong =
        || format!("{label} must be a date and time that exists, like 2026-11-29T07:10:00Z");
    match raw {
        Raw::Missing => Ok(None),
        Raw::WrongType => Err(wrong()),
        Raw::Given(text) if text.trim().is_empty() => Ok(None),
        Raw::Given(text) => text.parse().map(Some).map_err(|_| wrong()),
    }
}
