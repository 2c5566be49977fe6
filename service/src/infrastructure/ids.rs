//! Where new ids come from.

use uuid::Uuid;

/// A new id. Version 7 (RFC 9562): later ids sort after earlier ones, which keeps indexes compact.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub(crate) fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// A new random token, which distinguishes a lock or a worker from all others.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub(crate) fn new_token() -> String {
    Uuid::new_v4().simple().to_string()
}
