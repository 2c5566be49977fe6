//! The name of a time zone.

/// Longest name of a time zone, in bytes; the longest there is has 32.
const MAX_TIME_ZONE: usize = 64;

text!(
    /// The possible name of an IANA time zone, like `Europe/Berlin`. Only the server checks that
    /// the zone exists: the list is too large for a browser.
    TimeZoneName
);

schema!(
    TimeZoneName,
    crate::schema::text("The name of an IANA time zone", "Europe/Berlin")
        .min_length(Some(1))
        .max_length(Some(MAX_TIME_ZONE))
        .pattern(Some("^[A-Za-z0-9/_+-]+$"))
);

impl TimeZoneName {
    /// The other names of UTC become `UTC`, which every client knows. Spaces between words become
    /// `_`, as names have them.
    ///
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '/' | '_' | '+' | '-');
        let text = match text.trim() {
            "Etc/UTC" | "Etc/UCT" | "Etc/Universal" | "Etc/Zulu" | "UCT" | "Universal" | "Zulu" => {
                return Ok(Self::default());
            }
            text => text.replace(' ', "_"),
        };
        if (1..=MAX_TIME_ZONE).contains(&text.len()) && text.chars().all(is_part) {
            Ok(Self(text))
        } else {
            Err(Self::UNKNOWN.into())
        }
    }

    /// The fault of an unknown zone.
    pub const UNKNOWN: &str = "Time zone must be the name of one, like Europe/Berlin";
}

impl Default for TimeZoneName {
    /// UTC.
    fn default() -> Self {
        Self("UTC".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_zone_has_a_name_of_its_own_kind() {
        for name in ["Etc/UTC", "Zulu", "UCT"] {
            assert_eq!(TimeZoneName::parse(name), Ok(TimeZoneName::default()), "{name}");
        }
        for good in ["UTC", " Europe/Berlin ", "America/Port-au-Prince", "Etc/GMT+12"] {
            assert_eq!(TimeZoneName::parse(good).unwrap().as_str(), good.trim());
        }
        assert_eq!(TimeZoneName::parse("New York").unwrap().as_str(), "New_York");
        for bad in ["", "../../etc/passwd", "Zürich", "a\0", &"x".repeat(65)] {
            assert!(TimeZoneName::parse(bad).is_err(), "{bad}");
        }
    }
}
