//! Ids of sessions, which the cookies hold and the storage does not.

use tower_sessions::session::Id;

use crate::infrastructure::secrets;

/// The stored form of an id.
pub(super) fn hash(id: &Id) -> String {
    secrets::hash(&id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_parses_back_and_is_stored_as_a_hash() {
        let id = Id::default();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(hash(&id), hash(&id.clone()));
        assert_ne!(hash(&id), hash(&Id::default()));
        assert!(!hash(&id).contains(&id.to_string()));
    }

    #[test]
    fn malformed_ids_are_rejected() {
        let (long, upper) = ("A".repeat(23), "A".repeat(64));
        for text in ["", "x", "aaaaaaaaaaaaaaaaaaaaaa", &long, &upper] {
            assert!(text.parse::<Id>().is_err(), "{text}");
        }
    }
}
