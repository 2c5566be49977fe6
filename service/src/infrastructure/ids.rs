//! Where new ids come from.

use uuid::Uuid;

/// A new id. Version 7 (RFC 9562): later ids sort after earlier ones, which keeps indexes compact.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub(crate) fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// A word that nobody else says: to tell one's own lock or claim from another's.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub(crate) fn new_token() -> String {
    Uuid::new_v4().simple().to_string()
}
