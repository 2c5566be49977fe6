//! How far a message of an organizer has come.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How far a message of an organizer has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum OrganizerMessageStatus {
    /// Written, and not to be sent yet.
    Draft,
    /// Sent at a later time.
    Scheduled,
    /// Being sent, to one batch of recipients after the other.
    Sending,
    /// In the mailboxes of all its recipients.
    Sent,
    /// Stopped by the organizer before all recipients had it.
    Stopped,
}

impl OrganizerMessageStatus {
    /// The name on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "DRAFT",
            Self::Scheduled => "SCHEDULED",
            Self::Sending => "SENDING",
            Self::Sent => "SENT",
            Self::Stopped => "STOPPED",
        }
    }

    /// The word on pages.
    pub fn label(self) -> &'static str {
        match self {
            Self::Draft => "Draft",
            Self::Scheduled => "Scheduled",
            Self::Sending => "Sending",
            Self::Sent => "Sent",
            Self::Stopped => "Stopped",
        }
    }

    /// Whether the organizer can stop it: nobody has it yet, or not everybody.
    pub fn can_be_stopped(self) -> bool {
        matches!(self, Self::Scheduled | Self::Sending)
    }
}

impl fmt::Display for OrganizerMessageStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
