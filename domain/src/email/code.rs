//! The code of a mail that verifies an email address.

use std::collections::BTreeMap;

use serde::{Deserialize, de::IgnoredAny};

use crate::{
    Faults, PublicError, Raw,
    account::{filled, refuse_unknown},
};

/// The body that verifies an address with the code of a mail, unchecked.
#[derive(Clone, Default, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(example = json!({ "code": "042817" })))]
#[serde(expecting = "an object")]
pub struct EmailCodeInput {
    /// Six digits; blanks and hyphens between them are ignored.
    #[cfg_attr(feature = "openapi", schema(value_type = EmailCode, required))]
    #[serde(default)]
    pub code: Raw<String>,
    /// Anything else: refused, by name.
    #[cfg_attr(feature = "openapi", schema(ignore))]
    #[serde(flatten)]
    pub unknown: BTreeMap<String, IgnoredAny>,
}

/// The code of a mail: six digits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailCode(String);

schema!(
    EmailCode,
    crate::schema::text("Six digits", "042817").pattern(Some(r"^[ -]*([0-9][ -]*){6}$"))
);

impl EmailCode {
    const DIGITS: usize = 6;

    /// # Errors
    /// A sentence about the fault.
    pub fn parse(typed: &str) -> Result<Self, String> {
        let code: String = typed
            .chars()
            .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '\u{2013}'))
            .collect();
        let is_code = code.len() == Self::DIGITS && code.bytes().all(|b| b.is_ascii_digit());
        is_code.then_some(Self(code)).ok_or_else(|| "Code must have six digits".into())
    }

    /// The six digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl EmailCodeInput {
    /// # Errors
    /// All faults at once.
    pub fn check(self) -> Result<EmailCode, PublicError> {
        let mut faults = Faults::default();
        let code = filled(self.code, "Code").and_then(|code| EmailCode::parse(&code));
        let code = faults.check("code", code);
        refuse_unknown(&mut faults, &self.unknown);
        faults.finish(code)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_six_digits_however_they_are_grouped() {
        for typed in ["042817", " 042 817 ", "042-817", "0 4 2 8 1 7\n", "042\u{A0}817"] {
            assert_eq!(EmailCode::parse(typed).unwrap().as_str(), "042817", "{typed}");
        }
        for typed in
            ["", "42817", "0428170", "04281a", "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}"]
        {
            assert_eq!(EmailCode::parse(typed).unwrap_err(), "Code must have six digits");
        }
    }
}
