//! Where new ids come from.

use uuid::Uuid;

/// A new id. Version 7 (RFC 9562): later ids sort after earlier ones, which keeps indexes compact.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub(crate) fn new_id() -> Uuid {
    Uuid::now_v7()
}
