//! The text of an access code.

/// The fewest and the most characters.
const LENGTH: std::ops::RangeInclusive<usize> = 4..=32;

text!(
    /// An access code: 4 to 32 letters, digits and hyphens of ASCII, in upper case. Clients may
    /// send it in lower case.
    AccessCode
);

schema!(
    AccessCode,
    crate::schema::text(
        "4 to 32 letters, digits and hyphens; lower case is the same",
        "EARLY-BIRD"
    )
    .min_length(Some(*LENGTH.start()))
    .max_length(Some(*LENGTH.end()))
    .pattern(Some("^[A-Za-z0-9-]+$"))
);

impl AccessCode {
    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: &str) -> Result<Self, String> {
        let text = text.trim();
        let is_known = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if LENGTH.contains(&text.chars().count()) && text.chars().all(is_known) {
            return Ok(Self(text.to_ascii_uppercase()));
        }
        let (least, most) = (LENGTH.start(), LENGTH.end());
        Err(format!("Access code must have {least} to {most} letters, digits or hyphens"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_access_code_is_the_same_in_lower_case_and_with_spaces_around_it() {
        assert_eq!(AccessCode::parse(" early-Bird1 ").unwrap().as_str(), "EARLY-BIRD1");
        assert!(AccessCode::parse(&"A".repeat(32)).is_ok());
        for wrong in ["", "ABC", "TWO WORDS", "GRÜN", "A_B_C", &"A".repeat(33)] {
            assert!(AccessCode::parse(wrong).is_err(), "{wrong}");
        }
    }
}
