//! Time zones: their names, the local time of a moment, and the moment of a typed local time.
//!
//! On the server only: the rules of all zones are larger than all the rest of the pages.

use std::{collections::HashMap, sync::LazyLock};

use chrono::{
    DateTime, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, Offset, TimeDelta, TimeZone, Utc,
};
use chrono_tz::{TZ_VARIANTS, Tz};
use domain::{TimeZoneName, Timestamp, local_time};

/// The format of the value of an `<input type="datetime-local">`.
pub(crate) const LOCAL: &str = "%Y-%m-%dT%H:%M";
/// The zones to choose from: one or more for each country, from A to Z, without names that were
/// given up. From `zone.tab` of the time zone database of IANA, which is in the public domain.
const PLACES: &str = include_str!("zones/places.txt");

/// The zones by their names and by their cities, in lower case. A name wins over a city.
static BY_WORDS: LazyLock<HashMap<String, Tz>> = LazyLock::new(|| {
    let by_name = |zone: Tz| (zone.name().to_lowercase(), zone);
    let by_city = |zone: Tz| (city(zone.name()).to_lowercase(), zone);
    let places = PLACES.lines().filter_map(|name| name.parse().ok());
    places.map(by_city).chain(TZ_VARIANTS.into_iter().map(by_name)).collect()
});

/// A zone to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// `Europe/Berlin`
    pub name: &'static str,
    /// `Berlin (UTC+1)`
    pub label: String,
}

/// Why a typed local time is no moment. Each message continues after the name of the field.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum LocalTimeError {
    /// It is no date and time, or there is no such day.
    #[error("must be a date and time that exists, like 2026-11-29T07:10")]
    Malformed,
    /// Clocks are put forward past it.
    #[error("does not exist in {0}: clocks are put forward then. Choose a time an hour later")]
    Skipped(Tz),
    /// Clocks are put back over it.
    #[error(
        "comes twice in {0}, for clocks are put back then. Choose a time before or after that hour"
    )]
    Twice(Tz),
}

/// The zone that a name means, by its own name: `europe/berlin` and `Berlin` are `Europe/Berlin`. A
/// name that was given up stays as it is.
pub fn find(name: &TimeZoneName) -> Option<TimeZoneName> {
    TimeZoneName::parse(zone_of(name.as_str())?.name()).ok()
}

/// The zone that a typed text means, as for [`find`]; `None` for a text that is no name.
pub fn find_text(text: &str) -> Option<TimeZoneName> {
    find(&TimeZoneName::parse(text).ok()?)
}

/// The zones to choose from, with their offsets then: UTC, then places from A to Z.
pub fn choices(at: Timestamp) -> Vec<Zone> {
    let names = std::iter::once("UTC").chain(PLACES.lines());
    names.map(|name| Zone { name, label: label(name, offset(at, name)) }).collect()
}

/// `New York (UTC-5)`. `offset` is in minutes.
fn label(name: &str, offset: i32) -> String {
    format!("{} ({})", city(name).replace('_', " "), from_utc(offset))
}

/// `UTC-5`. `offset` is in minutes.
fn from_utc(offset: i32) -> String {
    let (sign, minutes) = (if offset < 0 { '-' } else { '+' }, offset.abs());
    match (minutes / 60, minutes % 60) {
        (0, 0) => "UTC".to_owned(),
        (hours, 0) => format!("UTC{sign}{hours}"),
        (hours, rest) => format!("UTC{sign}{hours}:{rest:02}"),
    }
}

/// `New_York` of `America/New_York`.
fn city(name: &str) -> &str {
    name.rsplit_once('/').map_or(name, |(_, city)| city)
}

/// `Sun 29 Nov 2026, 08:10 CET`: what a clock in `zone` shows. A zone that there is no more is UTC.
pub fn local(at: Timestamp, zone: &str) -> String {
    let local = at.utc().with_timezone(&zone_of(zone).unwrap_or(Tz::UTC));
    let name = local.format("%Z").to_string();
    // Zones without letters of their own are called by their distance from UTC.
    let prefix = if name.starts_with(['+', '-']) { "UTC" } else { "" };
    local.format(&format!("%a %-d %b %Y, %H:%M {prefix}%Z")).to_string()
}

/// `Sun 29 Nov 2026, 08:10 (Europe/Berlin, UTC+1)`: the same with the name of the zone and its
/// offset then, for readers elsewhere. Letters such as CST mean several zones.
pub fn local_with_zone(at: Timestamp, zone: &str) -> String {
    let local = without_zone(at, zone);
    match (zone_of(zone).unwrap_or(Tz::UTC).name(), from_utc(offset(at, zone))) {
        (name, offset) if name == offset => format!("{local} {offset}"),
        (name, offset) => format!("{local} ({name}, {offset})"),
    }
}

/// `Sun 29 Nov 2026, 08:10`.
fn without_zone(at: Timestamp, zone: &str) -> String {
    let local = at.utc().with_timezone(&zone_of(zone).unwrap_or(Tz::UTC));
    local.format("%a %-d %b %Y, %H:%M").to_string()
}

/// The same in the zone of a reader; `None` if clocks show the same time there as in `zone`.
pub(crate) fn local_elsewhere(at: Timestamp, zone: &str, reader_zone: &str) -> Option<String> {
    let differs = offset(at, zone) != offset(at, reader_zone);
    differs.then(|| local_with_zone(at, reader_zone))
}

/// The same from a start to an end: with the zone once, unless clocks are changed between them.
pub(crate) fn span_elsewhere(
    start: Timestamp,
    end: Timestamp,
    zone: &str,
    reader_zone: &str,
) -> Option<String> {
    let differs = |at| offset(at, zone) != offset(at, reader_zone);
    let is_one_offset = offset(start, reader_zone) == offset(end, reader_zone);
    let from = if is_one_offset { without_zone } else { local_with_zone }(start, reader_zone);
    let until = local_with_zone(end, reader_zone);
    (differs(start) || differs(end)).then(|| format!("{from} to {until}"))
}

/// How far clocks in `zone` are ahead of UTC then, in minutes. A zone that there is no more is UTC.
pub fn offset(at: Timestamp, zone: &str) -> i32 {
    at.utc().with_timezone(&zone_of(zone).unwrap_or(Tz::UTC)).offset().fix().local_minus_utc() / 60
}

/// `2026-11-29T08:10`: the same, as an `<input type="datetime-local">` wants its value.
pub fn input_value(at: Timestamp, zone: &str) -> String {
    let local = at.utc().with_timezone(&zone_of(zone).unwrap_or(Tz::UTC));
    local.format(LOCAL).to_string()
}

/// When clocks in `zone` show `text`, as an `<input type="datetime-local">` sends it. A zone that
/// there is no more is UTC.
///
/// # Errors
/// When that is never, or twice.
pub fn to_utc(text: &str, zone: &str) -> Result<Timestamp, LocalTimeError> {
    let shown = local_time(text).ok_or(LocalTimeError::Malformed)?;
    let zone = zone_of(zone).unwrap_or(Tz::UTC);
    match zone.from_local_datetime(&shown) {
        LocalResult::Single(time) => {
            Timestamp::from(time.to_utc()).in_range().map_err(|_| LocalTimeError::Malformed)
        }
        LocalResult::Ambiguous(..) => Err(LocalTimeError::Twice(zone)),
        LocalResult::None => Err(LocalTimeError::Skipped(zone)),
    }
}

/// When a day begins in `zone`: at midnight, or when clocks are put forward past it. A zone that
/// there is no more is UTC.
pub(crate) fn start_of_day(day: NaiveDate, zone: &str) -> Timestamp {
    let (zone, midnight) = (zone_of(zone).unwrap_or(Tz::UTC), day.and_time(NaiveTime::MIN));
    first_at(midnight, zone).unwrap_or(midnight.and_utc()).into()
}

/// So many weeks after `at`, when clocks in `zone` show the same: the first time if they show it
/// twice, and the next half hour that they show if they skip it. A zone that there is no more is
/// UTC. `None` beyond the last year of a [`Timestamp`].
pub(crate) fn weeks_later(at: Timestamp, weeks: i64, zone: &str) -> Option<Timestamp> {
    let zone = zone_of(zone).unwrap_or(Tz::UTC);
    let shown = at.utc().with_timezone(&zone).naive_local();
    let later = shown.checked_add_signed(TimeDelta::try_weeks(weeks)?)?;
    Timestamp::from(first_at(later, zone)?).in_range().ok()
}

/// The first time when clocks show `local`, or one of the half hours after it if they skip it.
fn first_at(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    // Clocks are put forward by at most a day: where a zone moves over the date line.
    let half_hours =
        (0..=48).filter_map(|count| local.checked_add_signed(TimeDelta::minutes(30 * count)));
    let mut times = half_hours.filter_map(|time| zone.from_local_datetime(&time).earliest());
    times.next().map(|time| time.to_utc())
}

fn zone_of(name: &str) -> Option<Tz> {
    name.parse().ok().or_else(|| BY_WORDS.get(&name.to_lowercase()).copied())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BERLIN: &str = "Europe/Berlin";

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_zone_is_found_by_its_name_or_its_city_in_any_case() {
        for (typed, found) in [
            ("UTC", Some("UTC")),
            (BERLIN, Some(BERLIN)),
            ("europe/berlin", Some(BERLIN)),
            ("berlin", Some(BERLIN)),
            ("New York", Some("America/New_York")),
            ("asia/calcutta", Some("Asia/Calcutta")),
            ("Mars/Olympus", None),
        ] {
            let name = find(&TimeZoneName::parse(typed).unwrap());
            assert_eq!(name.as_ref().map(TimeZoneName::as_str), found, "{typed}");
        }
    }

    #[test]
    fn the_choices_are_places_with_offsets_and_each_city_is_one_of_them() {
        let choices = choices(at("2026-11-29T12:00:00Z"));
        for (name, label) in [
            ("UTC", "UTC (UTC)"),
            (BERLIN, "Berlin (UTC+1)"),
            ("America/New_York", "New York (UTC-5)"),
            ("Asia/Kolkata", "Kolkata (UTC+5:30)"),
            ("America/St_Johns", "St Johns (UTC-3:30)"),
        ] {
            assert!(choices.contains(&Zone { name, label: label.to_owned() }), "{name}");
        }
        assert_eq!(choices[0].name, "UTC");
        let names: Vec<_> = choices.iter().map(|zone| zone.name).collect();
        assert!(names[1..].is_sorted());
        for old in ["Asia/Calcutta", "Europe/Kiev", "US/Eastern"] {
            assert!(!names.contains(&old), "{old}");
        }
        for name in names {
            let city = city(name);
            let found = find(&TimeZoneName::parse(city).unwrap()).unwrap();
            // `Jamaica` is a name of its own that was given up.
            assert!([name, city].contains(&found.as_str()), "{city} is {found}");
        }
    }

    #[test]
    fn a_day_begins_at_midnight_or_when_clocks_are_put_forward_past_it() {
        for (day, zone, start) in [
            ("2026-07-01", "UTC", "2026-07-01T00:00:00Z"),
            ("2026-07-01", BERLIN, "2026-06-30T22:00:00Z"),
            ("2026-04-24", "Africa/Cairo", "2026-04-23T22:00:00Z"),
            ("2011-12-30", "Pacific/Apia", "2011-12-30T10:00:00Z"),
            ("2026-07-01", "Mars/Olympus", "2026-07-01T00:00:00Z"),
        ] {
            assert_eq!(start_of_day(day.parse().unwrap(), zone), at(start), "{day} in {zone}");
        }
    }

    #[test]
    fn a_clock_shows_summer_time_from_the_second_on_in_which_it_begins() {
        for (utc, shown) in [
            ("2026-03-29T00:59:59Z", "Sun 29 Mar 2026, 01:59 CET"),
            ("2026-03-29T01:00:00Z", "Sun 29 Mar 2026, 03:00 CEST"),
            ("2026-10-25T00:59:59Z", "Sun 25 Oct 2026, 02:59 CEST"),
            ("2026-10-25T01:00:00Z", "Sun 25 Oct 2026, 02:00 CET"),
        ] {
            assert_eq!(local(at(utc), BERLIN), shown);
            let summer = shown.ends_with("CEST");
            assert_eq!(offset(at(utc), BERLIN), if summer { 120 } else { 60 }, "{utc}");
        }
        let noon = at("2026-11-29T12:00:00Z");
        assert_eq!(local(noon, "America/Sao_Paulo"), "Sun 29 Nov 2026, 09:00 UTC-03");
        assert_eq!(local(noon, "Asia/Kathmandu"), "Sun 29 Nov 2026, 17:45 UTC+0545");
        assert_eq!(local(noon, "Mars/Olympus"), "Sun 29 Nov 2026, 12:00 UTC");
        for (zone, shown) in [
            (BERLIN, "Sun 29 Nov 2026, 13:00 (Europe/Berlin, UTC+1)"),
            ("America/St_Johns", "Sun 29 Nov 2026, 08:30 (America/St_Johns, UTC-3:30)"),
            ("Asia/Shanghai", "Sun 29 Nov 2026, 20:00 (Asia/Shanghai, UTC+8)"),
            ("Europe/London", "Sun 29 Nov 2026, 12:00 (Europe/London, UTC)"),
            ("UTC", "Sun 29 Nov 2026, 12:00 UTC"),
            ("Mars/Olympus", "Sun 29 Nov 2026, 12:00 UTC"),
        ] {
            assert_eq!(local_with_zone(noon, zone), shown);
        }
        assert_eq!(local_elsewhere(noon, BERLIN, "Europe/Paris"), None);
        assert!(local_elsewhere(noon, BERLIN, "UTC").is_some());
        assert_eq!(span_elsewhere(noon, noon, BERLIN, "Europe/Paris"), None);
        let only_end = span_elsewhere(noon, at("2027-03-29T12:00:00Z"), BERLIN, "Africa/Lagos");
        assert!(only_end.unwrap().ends_with("13:00 (Africa/Lagos, UTC+1)"), "only the end differs");
        let span = |end| span_elsewhere(noon, at(end), BERLIN, "America/New_York").unwrap();
        assert_eq!(
            span("2026-11-29T16:00:00Z"),
            "Sun 29 Nov 2026, 07:00 to Sun 29 Nov 2026, 11:00 (America/New_York, UTC-5)"
        );
        assert_eq!(
            span("2027-03-29T16:00:00Z"),
            "Sun 29 Nov 2026, 07:00 (America/New_York, UTC-5) \
             to Mon 29 Mar 2027, 12:00 (America/New_York, UTC-4)"
        );
        assert_eq!(input_value(noon, BERLIN), "2026-11-29T13:00");
    }

    #[test]
    fn a_local_time_exists_until_clocks_are_put_forward_and_from_the_hour_after() {
        for (typed, utc) in [
            ("2026-03-29T01:59:59", "2026-03-29T00:59:59Z"),
            ("2026-03-29T03:00:00", "2026-03-29T01:00:00Z"),
            ("2026-11-29T08:10", "2026-11-29T07:10:00Z"),
        ] {
            assert_eq!(to_utc(typed, BERLIN), Ok(at(utc)), "{typed}");
        }
        for typed in ["2026-03-29T02:00:00", "2026-03-29T02:59:59"] {
            assert_eq!(to_utc(typed, BERLIN), Err(LocalTimeError::Skipped(Tz::Europe__Berlin)));
        }
        // A zone that has no summer time has no such gap.
        assert_eq!(to_utc("2026-03-29T02:30", "UTC"), Ok(at("2026-03-29T02:30:00Z")));
    }

    #[test]
    fn what_was_typed_is_two_moments_for_the_hour_over_which_clocks_are_put_back() {
        for (typed, utc) in [
            ("2026-10-25T01:59:59", "2026-10-24T23:59:59Z"),
            ("2026-10-25T03:00:00", "2026-10-25T02:00:00Z"),
        ] {
            assert_eq!(to_utc(typed, BERLIN), Ok(at(utc)), "{typed}");
        }
        for typed in ["2026-10-25T02:00:00", "2026-10-25T02:59:59"] {
            let error = to_utc(typed, BERLIN).unwrap_err();
            assert_eq!(error, LocalTimeError::Twice(Tz::Europe__Berlin));
            assert!(error.to_string().starts_with("comes twice in Europe/Berlin"), "{error}");
        }
    }

    #[test]
    fn what_is_no_time_is_refused() {
        for typed in [
            "",
            "soon",
            "2026-02-31T08:00",
            "2026-11-29",
            "2026-11-29T08:00:60",
            "2026-11-29T08:00Z",
            "+12026-01-01T00:00",
            "1970-01-01T00:30",
            "0001-01-01T00:00",
        ] {
            assert_eq!(to_utc(typed, BERLIN), Err(LocalTimeError::Malformed), "{typed}");
        }
    }
}
