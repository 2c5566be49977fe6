//! The id of a session, as the browser's cookie holds it.

use tower_sessions::session::Id;

use crate::secrets;

/// The form of an id that is stored.
pub(super) fn hash(id: &Id) -> String {
    secrets::hash(&id.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_and_is_not_stored_as_it_is() {
        let id = Id::default();
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(hash(&id), hash(&id.clone()));
        assert_ne!(hash(&id), hash(&Id::default()));
        assert!(!hash(&id).contains(&id.to_string()));
    }

    #[test]
    fn texts_that_were_never_issued_are_no_ids() {
        let (long, upper) = ("A".repeat(23), "A".repeat(64));
        for text in ["", "x", "aaaaaaaaaaaaaaaaaaaaaa", &long, &upper] {
            assert!(text.parse::<Id>().is_err(), "{text}");
        }
    }
}
