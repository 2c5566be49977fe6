//! Where new ids come from.

use sea_orm::prelude::DateTimeUtc;
use uuid::{Builder, Uuid};

/// A new id. Version 7 (RFC 9562): later ids sort after earlier ones, which keeps indexes compact.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub(crate) fn new_id() -> Uuid {
    Uuid::now_v7()
}

/// A new id as it would have been made at a time.
pub(crate) fn id_at(time: DateTimeUtc, random: [u8; 10]) -> Uuid {
    let milliseconds = u64::try_from(time.timestamp_millis()).unwrap_or_default();
    Builder::from_unix_timestamp_millis(milliseconds, &random).into_uuid()
}

/// A new random token, which distinguishes a lock or a worker from all others.
#[expect(clippy::disallowed_methods, reason = "the one place that makes ids")]
pub(crate) fn new_token() -> String {
    Uuid::new_v4().simple().to_string()
}
