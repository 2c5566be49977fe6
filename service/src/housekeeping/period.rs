//! How long rows are kept.

use std::{fmt, str::FromStr};

use chrono::TimeDelta;

/// The longest period, in hours: ten years.
const MAX_HOURS: i64 = 3_650 * 24;
const FOR_EVER: &str = "forever";

/// How long rows are kept: from an hour to ten years, or for ever.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period(Option<TimeDelta>);

impl Period {
    /// Rows are never deleted.
    pub const FOR_EVER: Self = Self(None);

    /// A number of days.
    pub const fn days(days: i64) -> Self {
        Self(Some(TimeDelta::days(days)))
    }

    /// A number of hours.
    pub const fn hours(hours: i64) -> Self {
        Self(Some(TimeDelta::hours(hours)))
    }

    /// The length; `None` for ever.
    pub fn length(self) -> Option<TimeDelta> {
        self.0
    }

    /// Whether rows are kept for at least as long as with `other`.
    pub fn is_at_least(self, other: Self) -> bool {
        self.0.is_none_or(|own| other.0.is_some_and(|other| own >= other))
    }
}

impl fmt::Display for Period {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(length) = self.0 else { return f.write_str(FOR_EVER) };
        match (length.num_days(), length.num_hours()) {
            (days, hours) if days * 24 == hours && days > 0 => write!(f, "{days}d"),
            (_, hours) => write!(f, "{hours}h"),
        }
    }
}

impl FromStr for Period {
    type Err = String;

    /// Reads `36h`, `90d` or `forever`.
    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text == FOR_EVER {
            return Ok(Self::FOR_EVER);
        }
        let hours = match text.split_at_checked(text.len().saturating_sub(1)) {
            Some((number, "h")) => whole(number),
            Some((number, "d")) => whole(number).and_then(|days| days.checked_mul(24)),
            _ => None,
        };
        hours.filter(|hours| (1..=MAX_HOURS).contains(hours)).map(Self::hours).ok_or_else(|| {
            "it must be a whole number of hours or days, such as 36h or 90d, up to 3650d; or \
             `forever`"
                .to_owned()
        })
    }
}

fn whole(number: &str) -> Option<i64> {
    number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_is_a_number_of_hours_or_days_or_for_ever() {
        for (text, shown) in [
            ("36h", "36h"),
            ("48h", "2d"),
            (" 90d ", "90d"),
            ("3650d", "3650d"),
            ("forever", "forever"),
        ] {
            assert_eq!(text.parse::<Period>().unwrap().to_string(), shown, "{text}");
        }
        for text in ["", "0d", "-1d", "+1d", "3651d", "1w", "d", "1.5d", "1 d", "99999999999999d"] {
            assert!(text.parse::<Period>().is_err(), "{text}");
        }
    }

    #[test]
    fn for_ever_is_longer_than_any_other_period() {
        assert!(Period::days(2).is_at_least(Period::hours(48)));
        assert!(!Period::days(2).is_at_least(Period::hours(49)));
        assert!(Period::FOR_EVER.is_at_least(Period::FOR_EVER));
        assert!(Period::FOR_EVER.is_at_least(Period::days(3_650)));
        assert!(!Period::days(3_650).is_at_least(Period::FOR_EVER));
    }
}
