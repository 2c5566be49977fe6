//! Makes the cursors of lists opaque, and verifies them.
//!
//! A cursor is a version, a code and a position. The code (HMAC-SHA256) covers the list and its
//! parameters as well: a cursor that was altered, or comes from another list, is rejected before
//! its position is read. All processes derive one key from the secret of the tokens, so that any of
//! them continues a list.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use service::Position;
use sha2::Sha256;

type Code = Hmac<Sha256>;

/// The format of cursors. A cursor of another version is invalid.
const VERSION: u8 = 1;
/// Bytes of the code in a cursor.
const CODE: usize = 16;
/// Tells the key from those of other purposes.
const PURPOSE: &[u8] = b"mini-compete cursors";

/// The key of all cursors.
#[derive(Clone)]
pub(crate) struct CursorKey(Code);

impl CursorKey {
    pub(crate) fn derived_from(secret: &str) -> Self {
        let derived = keyed(secret.as_bytes()).chain_update(PURPOSE).finalize().into_bytes();
        Self(keyed(&derived))
    }

    /// The cursor for a position in a list. `list` is the list, with all parameters that choose its
    /// items and their order.
    pub(crate) fn encode(&self, list: &str, position: &Position) -> String {
        let position = serde_json::to_vec(position).expect("a position is plain JSON");
        let code = self.code(list, &position).finalize().into_bytes();
        let parts = [&[VERSION][..], &code[..CODE], &position];
        URL_SAFE_NO_PAD.encode(parts.concat())
    }

    /// The position in a list; `None` for a text that is no cursor of it.
    pub(crate) fn decode(&self, list: &str, cursor: &str) -> Option<Position> {
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (version, rest) = bytes.split_first()?;
        let (code, position) = rest.split_at_checked(CODE)?;
        if *version != VERSION {
            return None;
        }
        self.code(list, position).verify_truncated_left(code).ok()?;
        serde_json::from_slice(position).ok()
    }

    fn code(&self, list: &str, position: &[u8]) -> Code {
        // With its length in front, a list cannot run on into the position.
        let length = (list.len() as u64).to_be_bytes();
        self.0
            .clone()
            .chain_update([VERSION])
            .chain_update(length)
            .chain_update(list)
            .chain_update(position)
    }
}

fn keyed(key: &[u8]) -> Code {
    Code::new_from_slice(key).expect("HMAC takes keys of any length")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_valid_only_unchanged_and_for_its_list() {
        let key = CursorKey::derived_from("a secret");
        let position: Position = serde_json::from_str(
            r#"{"key":{"Text":"code sprint"},"id":"01939c2e-7b5a-7000-8000-000000000001"}"#,
        )
        .unwrap();
        let cursor = key.encode("/list", &position);
        assert_eq!(key.decode("/list", &cursor), Some(position));
        assert_eq!(key.decode("/other", &cursor), None);
        assert_eq!(CursorKey::derived_from("another secret").decode("/list", &cursor), None);
        for forged in ["", "x", "AQ", "é", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"]
        {
            assert_eq!(key.decode("/list", forged), None, "{forged}");
        }
        let bytes = URL_SAFE_NO_PAD.decode(&cursor).unwrap();
        for at in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[at] ^= 1;
            let altered = URL_SAFE_NO_PAD.encode(altered);
            assert_eq!(key.decode("/list", &altered), None, "byte {at}");
        }
        assert_eq!(key.decode("/list", &cursor[..cursor.len() - 1]), None);
    }
}
