//! The text of a token: `mcpat_`, 64 random hexadecimal digits, and a checksum of 8.
//!
//! The prefix lets secret scanners find tokens in source code and logs. The checksum, the first
//! digits of the SHA-256 of what precedes it, tells a token from text of the same form: a typing
//! error is rejected without a query.

use std::fmt;

use crate::infrastructure::secrets;

/// The beginning of every token: Mini Compete, personal access token.
const PREFIX: &str = "mcpat_";
/// Hexadecimal digits of the random part.
const RANDOM: usize = 64;
/// Hexadecimal digits of the checksum.
const CHECKSUM: usize = 8;

/// The text of a token, which its owner sees once.
#[derive(Clone, PartialEq, Eq)]
pub struct TokenSecret(String);

impl fmt::Debug for TokenSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenSecret(…)")
    }
}

impl TokenSecret {
    /// A secret of 256 random bits.
    pub fn random() -> Self {
        Self::of(&secrets::new_secret())
    }

    /// The secret with this random part, 64 hexadecimal digits.
    pub(crate) fn of(random: &str) -> Self {
        let text = format!("{PREFIX}{random}");
        let checksum = checksum(&text);
        Self(text + &checksum)
    }

    /// Reads a token; `None` if it is malformed.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        let is_hex = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        if digits.len() != RANDOM + CHECKSUM || !is_hex {
            return None;
        }
        let (before, sum) = text.split_at(text.len() - CHECKSUM);
        (checksum(before) == sum).then(|| Self(text.to_owned()))
    }

    /// The text, for its owner.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The stored form.
    pub(super) fn hash(&self) -> String {
        secrets::hash(&self.0)
    }
}

/// Whether the text is, or is meant to be, a personal access token.
pub fn is_personal(text: &str) -> bool {
    text.starts_with(PREFIX)
}

fn checksum(text: &str) -> String {
    let mut hash = secrets::hash(text);
    hash.truncate(CHECKSUM);
    hash
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_read_back_and_a_changed_one_is_malformed() {
        let secret = TokenSecret::random();
        assert_eq!(TokenSecret::parse(secret.as_str()), Some(secret.clone()));
        assert!(is_personal(secret.as_str()) && secret.as_str().len() == 78);
        for index in PREFIX.len()..secret.as_str().len() {
            let mut changed = secret.as_str().to_owned();
            let digit = if &changed[index..=index] == "0" { "1" } else { "0" };
            changed.replace_range(index..=index, digit);
            assert_eq!(TokenSecret::parse(&changed), None, "{index}");
        }
    }

    #[test]
    fn malformed_tokens_are_rejected() {
        let secret = TokenSecret::random().as_str().to_owned();
        let (longer, shorter) = (format!("{secret}0"), &secret[..secret.len() - 1]);
        for text in ["", "mcpat_", "mcpat_ü", &longer, shorter, &secret.to_uppercase()] {
            assert_eq!(TokenSecret::parse(text), None, "{text}");
        }
    }

    #[test]
    fn the_checksum_is_the_beginning_of_a_sha_256() {
        let secret = TokenSecret::of(&"0".repeat(RANDOM));
        assert_eq!(secret.as_str(), format!("mcpat_{}08c8a9a0", "0".repeat(RANDOM)));
    }
}
