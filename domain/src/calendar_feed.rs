//! The calendar feed of a user.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The calendar feed of a user, without its address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct CalendarFeed {
    /// When its address was made.
    pub created_at: Timestamp,
    /// When a calendar last read it, to the day; `null` if none has.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub last_read_at: Option<Timestamp>,
}
