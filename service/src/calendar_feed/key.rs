//! The key in the address of a feed: `mccal_` and 64 random hexadecimal digits.

use std::fmt;

use crate::infrastructure::secrets;

/// What a key begins with, so that logs leave it out.
const PREFIX: &str = "mccal_";

/// The key in the address of a feed, which its owner sees once.
#[derive(Clone, PartialEq, Eq)]
pub struct FeedKey(String);

impl fmt::Debug for FeedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FeedKey(…)")
    }
}

impl FeedKey {
    /// A key of 256 random bits.
    pub fn random() -> Self {
        Self::of(&secrets::new_secret())
    }

    /// The key with this random part, 64 hexadecimal digits.
    pub(super) fn of(random: &str) -> Self {
        Self(format!("{PREFIX}{random}"))
    }

    /// Reads a key; `None` if it is malformed. PostgreSQL refuses some of these texts.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let digits = text.strip_prefix(PREFIX)?;
        let is_hex = digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        (digits.len() == 64 && is_hex).then(|| Self(text.to_owned()))
    }

    /// The path of the feed.
    pub(super) fn path(&self) -> String {
        format!("/calendars/{}.ics", self.0)
    }

    /// The stored form.
    pub(super) fn hash(&self) -> String {
        secrets::hash(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_back_and_other_texts_are_malformed() {
        let key = FeedKey::random();
        assert_eq!(FeedKey::parse(&key.0), Some(key.clone()));
        assert_eq!(format!("{key:?}"), "FeedKey(…)");
        let (longer, shorter) = (format!("{}0", key.0), &key.0[..key.0.len() - 1]);
        let capital = key.0.replacen(|c: char| c.is_ascii_digit(), "A", 1);
        let others = ["", "\0", PREFIX, "mccal_ü", &longer, shorter, &key.0[1..], &capital];
        for text in others {
            assert_eq!(FeedKey::parse(text), None, "{text:?}");
        }
    }
}
