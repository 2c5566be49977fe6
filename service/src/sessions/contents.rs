//! What a session holds.

use domain::{Timestamp, UserId};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::accounts::CredentialsVersion;

/// The most that any session holds, in bytes of JSON. A form for a competition whose description
/// has 10,000 letters, with what it held before and what others changed, fits three times over in
/// most scripts.
pub const MAX_BYTES: usize = 128 * 1024;
/// The most without a user: what is typed into the forms for visitors has a few hundred bytes.
const MAX_VISITOR_BYTES: usize = 4 * 1024;
/// The most entries: a few forms that wait to be shown again.
const MAX_ENTRIES: usize = 8;
const MAX_VISITOR_ENTRIES: usize = 4;

/// Whose session it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Holder {
    /// The user.
    pub user: UserId,
    /// Which of their passwords the session was opened with; it counts for as long as that is the
    /// current one.
    pub credentials: CredentialsVersion,
    /// When they showed the password.
    pub logged_in_at: Timestamp,
}

/// What a session holds. It is bounded in every state.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Contents {
    holder: Option<Holder>,
    /// What waits for a page, the oldest first.
    entries: Vec<Entry>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    key: String,
    value: Value,
}

impl Contents {
    /// A session of a user in which nothing waits.
    pub(super) fn of(holder: Holder) -> Self {
        Self { holder: Some(holder), entries: Vec::new() }
    }

    pub(super) fn holder(&self) -> Option<&Holder> {
        self.holder.as_ref()
    }

    /// The same contents, held with other credentials.
    pub(super) fn set_holder(&mut self, holder: Holder) {
        self.holder = Some(holder);
    }

    pub(super) fn is_empty(&self) -> bool {
        self.holder.is_none() && self.entries.is_empty()
    }

    pub(super) fn get(&self, key: &str) -> Option<&Value> {
        self.entries.iter().find(|entry| entry.key == key).map(|entry| &entry.value)
    }

    /// Has a value wait under `key`; the oldest give way to it. `false` when it alone is larger
    /// than the session may be: nothing waits under the key then.
    pub(super) fn put(&mut self, key: &str, value: Value) -> bool {
        self.entries.retain(|entry| entry.key != key);
        self.entries.push(Entry { key: key.to_owned(), value });
        self.bound();
        // What was put last goes last.
        self.entries.last().is_some_and(|entry| entry.key == key)
    }

    /// What waits under `key`, which is handed out once.
    pub(super) fn take(&mut self, key: &str) -> Option<Value> {
        let index = self.entries.iter().position(|entry| entry.key == key)?;
        Some(self.entries.remove(index).value)
    }

    /// The contents as they are stored.
    pub(super) fn encode(&self) -> String {
        serde_json::to_string(self).expect("contents are plain JSON")
    }

    /// What was stored; nothing where it cannot be read, or is larger than anything that was ever
    /// stored.
    pub(super) fn decode(data: &str) -> Option<Self> {
        if data.len() > MAX_BYTES {
            return None;
        }
        serde_json::from_str(data).ok()
    }

    /// Drops the oldest entries until the rest is within the bounds.
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
        Contents::of(Holder { user, credentials: CredentialsVersion::FIRST, logged_in_at })
    }

    fn text(bytes: usize) -> Value {
        "x".repeat(bytes).into()
    }

    fn keys(contents: &Contents) -> Vec<&str> {
        contents.entries.iter().map(|entry| entry.key.as_str()).collect()
    }

    #[test]
    fn entries_are_taken_once_and_the_oldest_give_way() {
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
    fn a_session_stays_within_its_bytes_whatever_is_put_into_it() {
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
    fn a_large_value_is_not_stored_in_place_of_a_small_one() {
        let mut contents = Contents::default();
        assert!(contents.put("form", text(10)));
        assert!(!contents.put("form", text(MAX_VISITOR_BYTES)));
        assert_eq!(contents.get("form"), None);
    }

    #[test]
    fn a_form_for_a_competition_with_the_longest_description_is_kept_for_its_organizer() {
        // The longest description, in letters of four bytes, as typed and as it was.
        let description = "\u{1F3C6}".repeat(10_000);
        let form =
            serde_json::json!({ "draft": description, "seen": description, "theirs": description });
        assert!(user().put("form", form));
    }

    #[test]
    fn what_is_larger_than_anything_that_was_stored_is_not_read() {
        let mut contents = user();
        contents.entries.push(Entry { key: "form".into(), value: text(MAX_BYTES) });
        assert_eq!(Contents::decode(&contents.encode()), None);
        assert_eq!(Contents::decode("{\"id\":1,\"data\":{}}"), None);
    }
}
