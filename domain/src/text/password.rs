//! Passwords.

use std::fmt;

use super::characters::shows_nothing;
use crate::{Faults, PublicError, normal_form};

/// Shortest password, in characters.
const MIN_PASSWORD: usize = 8;
/// Longest password, in bytes: bcrypt ignores the rest, so longer passwords would be
/// interchangeable.
const MAX_PASSWORD_BYTES: usize = 72;

/// A password of 8 characters to 72 bytes, composed (NFC). Never printed.
#[derive(Clone, PartialEq, Eq)]
pub struct Password(String);

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(…)")
    }
}

schema!(
    Password,
    crate::schema::text("8 characters to 72 bytes in UTF-8", "correct horse battery")
        .format(crate::schema::password())
        .min_length(Some(MIN_PASSWORD))
        .max_length(Some(MAX_PASSWORD_BYTES))
        .pattern(Some(r"^[^\u0000]*[^\s\u0000][^\u0000]*$"))
);

impl Password {
    /// The same as [`Self::parse`], for a form whose only field is the password.
    ///
    /// # Errors
    /// The fault, on the field `password`.
    pub fn check(text: String) -> Result<Self, PublicError> {
        let mut faults = Faults::default();
        let password = faults.check("password", Self::parse(text));
        faults.finish(password)
    }

    /// # Errors
    /// A sentence about the fault.
    pub fn parse(text: String) -> Result<Self, String> {
        let text = normal_form::password(&text);
        if text.chars().count() < MIN_PASSWORD {
            Err(format!("Password must have at least {MIN_PASSWORD} characters"))
        } else if shows_nothing(&text) {
            // A login needs more than blanks.
            Err("Password must not be blank".into())
        } else if text.len() > MAX_PASSWORD_BYTES {
            Err(format!("Password must have at most {MAX_PASSWORD_BYTES} bytes"))
        } else if text.contains('\0') {
            Err("Password must not contain control characters".into())
        } else {
            Ok(Self(text))
        }
    }

    /// The password itself, for hashing only.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The forms in which a typed password may have been hashed: the normal form, and as typed if
    /// that differs, because older versions hashed that.
    pub fn spellings(typed: String) -> (String, Option<String>) {
        let normal = normal_form::password(&typed);
        let differs = normal != typed;
        (normal, differs.then_some(typed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_counted_in_characters_below_and_in_bytes_above() {
        assert!(Password::parse("ääääääää".into()).is_ok());
        assert!(Password::parse("1234567".into()).is_err());
        assert!(Password::parse("x".repeat(72)).is_ok());
        assert!(Password::parse("ä".repeat(37)).is_err());
    }

    #[test]
    fn a_password_is_independent_of_the_normal_form() {
        let composed = Password::parse("P\u{E4}ssw\u{F6}rt 1".into()).unwrap();
        let decomposed = Password::parse("Pa\u{308}sswo\u{308}rt\u{A0}1".into()).unwrap();
        assert!(composed == decomposed);
        assert_eq!(Password::parse("  12345678  ".into()).unwrap().expose(), "  12345678  ");
        assert!(Password::parse("a\u{308}".repeat(36)).is_ok(), "72 bytes once composed");
        assert!(Password::parse(" ".repeat(9)).is_err(), "no login takes it");
        assert_eq!(Password::spellings("plain".into()), ("plain".into(), None));
    }
}
