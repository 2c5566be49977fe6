//! The key of links that unsubscribe an address, and their page.

use domain::MailKind;

use crate::infrastructure::secrets;

/// What a key begins with, so that logs leave it out.
const PREFIX: &str = "mcuns_";

/// A new key: 256 random bits.
pub(super) fn new() -> String {
    format!("{PREFIX}{}", secrets::new_secret())
}

/// Whether a text has the form of a key. PostgreSQL refuses some others.
pub(crate) fn is_one(text: &str) -> bool {
    let secret = text.strip_prefix(PREFIX);
    secret.is_some_and(|secret| {
        secret.len() == 64 && secret.bytes().all(|byte| byte.is_ascii_hexdigit())
    })
}

/// The path of the page that ends mails of a kind.
pub(crate) fn page(key: &str, kind: MailKind) -> String {
    format!("/unsubscribe/{key}/{kind}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_recognized_by_its_form() {
        let key = new();
        assert!(is_one(&key));
        for other in ["", "\0", PREFIX, &key[1..], &key[..key.len() - 1], &format!("{key}0")] {
            assert!(!is_one(other), "{other:?}");
        }
        assert!(!is_one(&key.replacen("_", "_\0", 1)[..key.len()]));
    }
}
