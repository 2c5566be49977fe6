//! Messages to users.

use serde::{Deserialize, Serialize};

use crate::{MailId, Timestamp, UserId};

/// A message in a user's mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Mail {
    /// Which message.
    pub id: MailId,
    /// Whose mailbox it lies in.
    pub user_id: UserId,
    /// The address it went to.
    pub to: String,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// When it was put there.
    pub sent_at: Timestamp,
    /// When it was first opened, if it was.
    pub read_at: Option<Timestamp>,
}
