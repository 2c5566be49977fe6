//! The id of a session, as the browser's cookie holds it.

use std::{fmt, str::FromStr};

use crate::secrets;

/// Hexadecimal digits of an id.
const DIGITS: usize = 64;

/// The id of a session: 256 random bits, known to one browser.
#[derive(Clone, PartialEq, Eq)]
pub struct SessionId(String);

/// The text was never issued as an id.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the id of a session")]
pub struct InvalidSessionId;

impl SessionId {
    /// A new id.
    pub(super) fn random() -> Self {
        Self(secrets::new_secret())
    }

    /// The text for the cookie.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The form that is stored.
    pub(super) fn hash(&self) -> String {
        secrets::hash(&self.0)
    }
}

impl fmt::Debug for SessionId {
    /// Without the id, which opens the session.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(…)")
    }
}

impl FromStr for SessionId {
    type Err = InvalidSessionId;

    /// Accepts ids in the form in which they are issued, so that other cookies cost no look-up.
    fn from_str(text: &str) -> Result<Self, InvalidSessionId> {
        let is_digit = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if text.len() == DIGITS && text.bytes().all(is_digit) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidSessionId)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_is_neither_stored_nor_logged_as_it_is() {
        let id = SessionId::random();
        assert_eq!(id.as_str().parse(), Ok(id.clone()));
        assert_ne!(id.hash(), id.as_str());
        assert!(!format!("{id:?}").contains(id.as_str()));
    }

    #[test]
    fn texts_that_were_never_issued_are_no_ids() {
        let long = "a".repeat(65);
        let upper = "A".repeat(64);
        for text in ["", "x", "AAAAAAAAAAAAAAAAAAAAAA", &long, &upper] {
            assert_eq!(text.parse::<SessionId>(), Err(InvalidSessionId), "{text}");
        }
    }
}
