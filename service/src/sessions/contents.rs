//! The contents of a session, and their bounds.

use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::accounts::CredentialsVersion;

/// The most that a session of a user holds, in bytes of JSON. The form of a competition fits with
/// four texts of 10,000 characters in most scripts, and its edit form with the text that it was
/// opened with, in scripts of one byte a letter.
pub const MAX_BYTES: usize = 128 * 1024;
/// The most that a session of a visitor holds: the forms for visitors take a few hundred bytes.
const MAX_VISITOR_BYTES: usize = 4 * 1024;
/// The most entries: a few forms to be shown again.
const MAX_ENTRIES: usize = 8;
const MAX_VISITOR_ENTRIES: usize = 4;

/// The user of a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The user.
    pub user: UserId,
    /// The password that the session was opened with. The session is valid while it is the current
    /// one.
    pub credentials: CredentialsVersion,
    /// When the user entered the password.
    pub logged_in_at: Timestamp,
    /// The time zone that the browser reported then.
    #[serde(default)]
    pub time_zone: Option<String>,
}

/// A session as it is stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Stored {
    pub(super) contents: Contents,
    pub(super) expires_at: Timestamp,
    /// When a user last used it, give or take an hour; `None` for a visitor.
    #[serde(default)]
    pub(super) last_used_at: Option<Timestamp>,
}

/// The contents of a session, always within the bounds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Contents {
    holder: Option<Holder>,
    /// Values for a later page, oldest first.
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    key: String,
    value: Value,
}

impl Contents {
    /// The session of a user, without values.
    pub(super) fn of(holder: Holder) -> Self {
        Self { holder: Some(holder), entries: Vec::new() }
    }

    pub(super) fn holder(&self) -> Option<&Holder> {
        self.holder.as_ref()
    }

    /// Replaces the user and their credentials.
    pub(super) fn set_holder(&mut self, holder: Holder) {
        self.holder = Some(holder);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.holder.is_none() && self.entries.is_empty()
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Stores a value under `key`, and drops the oldest values beyond the bounds. Returns `false`,
    /// and stores nothing under the key, if the value alone exceeds them.
    pub(super) fn put(&mut self, key: &str, value: Value) -> bool {
        self.entries.retain(|entry| entry.key != key);
        self.entries.push(Entry { key: key.to_owned(), value });
        self.bound();
        // The newest value is dropped last.
        self.entries.last().is_some_and(|entry| entry.key == key)
    }

    /// Removes and returns the value under `key`.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(index).value)
    }

    /// The contents as they are stored.
    pub(super) fn encode(&self) -> String {
        serde_json::to_string(self).expect("contents are plain JSON")
    }

    /// Reads stored contents; `None` if they are malformed or exceed the bounds.
    pub(super) fn decode(data: &str) -> Option<Self> {
        if data.len() > MAX_BYTES {
            return None;
        }
        serde_json::from_str(data).ok()
    }

    /// Drops the oldest values until the rest is within the bounds.
    pub(super) fn bound(&mut self) {
        let (most, max_bytes) = match self.holder {
            Some(_) => (MAX_ENTRIES, MAX_BYTES),
            None => (MAX_VISITOR_ENTRIES, MAX_VISITOR_BYTES),
        };
        while !self.entries.is_empty()
            && (self.entries.len() > most || self.encode().len() > max_bytes)
        {
            self.entries.remove(0);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn user() -> Contents {
        let user = UserId("01939c2e-7b5a-7000-8000-000000000001".parse().unwrap());
        let logged_in_at = "2026-11-23T12:00:00Z".parse().unwrap();
        Contents::of(Holder {
            user,
            credentials: CredentialsVersion::FIRST,
            logged_in_at,
            time_zone: None,
        })
    }

    fn text(bytes: usize) -> Value {
        "x".repeat(bytes).into()
    }

    fn keys(contents: &Contents) -> Vec<&str> {
        contents.entries.iter().map(|entry| entry.key.as_str()).collect()
    }

    #[test]
    fn values_are_taken_once_and_the_oldest_are_dropped() {
        let mut contents = user();
        for number in 0..=MAX_ENTRIES {
            assert!(contents.put(&number.to_string(), number.into()));
        }
        assert_eq!(contents.entries.len(), MAX_ENTRIES);
        assert_eq!(contents.get("0"), None);
        assert_eq!(contents.take("1"), Some(1.into()));
        assert_eq!(contents.take("1"), None);
        assert_eq!(Contents::decode(&contents.encode()), Some(contents));
    }

    #[test]
    fn a_session_stays_within_its_bytes() {
        for (mut contents, max_bytes) in
            [(Contents::default(), MAX_VISITOR_BYTES), (user(), MAX_BYTES)]
        {
            for round in 0..20 {
                assert!(contents.put(&round.to_string(), text(max_bytes / 3)));
                assert!(contents.encode().len() <= max_bytes);
            }
            assert_eq!(keys(&contents), ["18", "19"]);
            assert!(!contents.put("large", text(max_bytes)));
            assert!(contents.encode().len() <= max_bytes);
            assert_eq!(contents.get("large"), None);
        }
    }

    #[test]
    fn a_value_that_is_too_large_removes_the_earlier_one() {
        let mut contents = Contents::default();
        assert!(contents.put("form", text(10)));
        assert!(!contents.put("form", text(MAX_VISITOR_BYTES)));
        assert_eq!(contents.get("form"), None);
    }

    #[test]
    fn the_edit_form_with_the_longest_description_fits() {
        // The longest description in letters of four bytes: typed, as opened, and of the other
        // edit.
        let description = "\u{1F3C6}".repeat(10_000);
        let form =
            serde_json::json!({ "draft": description, "seen": description, "theirs": description });
        assert!(user().put("form", form));
    }

    #[test]
    fn contents_beyond_the_bounds_or_malformed_are_not_read() {
        let mut contents = user();
        contents.entries.push(Entry { key: "form".into(), value: text(MAX_BYTES) });
        assert_eq!(Contents::decode(&contents.encode()), None);
        assert_eq!(Contents::decode("{\"id\":1,\"data\":{}}"), None);
    }
}
