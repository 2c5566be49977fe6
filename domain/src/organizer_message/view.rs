//! A message of an organizer, as it is shown.

use serde::{Deserialize, Serialize};

use super::OrganizerMessageStatus;
use crate::{OrganizerMessageId, RegistrationStatus, Timestamp};

/// A message of an organizer to participants, as the organizer sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OrganizerMessage {
    /// Which one.
    pub id: OrganizerMessageId,
    /// One line. The mail has the title of the competition before it.
    #[cfg_attr(feature = "openapi", schema(example = "Bring a laptop"))]
    pub subject: String,
    /// Markdown.
    #[cfg_attr(feature = "openapi", schema(example = "Please bring **your own** laptop."))]
    pub text: String,
    /// The statuses of its recipients: one or more of `CONFIRMED`, which stands for everyone with a
    /// seat, `WAITLISTED` and `AWAITING_APPROVAL`.
    pub statuses: Vec<RegistrationStatus>,
    /// The answer that its recipients have given: the id of a question, a colon and the answer;
    /// `null` for any.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub answer: Option<String>,
    /// How far it has come.
    pub status: OrganizerMessageStatus,
    /// Grows with each edit. Sending names the version that the organizer has read.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub version: u32,
    /// When it was first written.
    pub created_at: Timestamp,
    /// When its sending begins; `null` for a draft.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub send_at: Option<Timestamp>,
    /// When its sending began; `null` before.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub started_at: Option<Timestamp>,
    /// When the last recipient had it, or when it was stopped; `null` before.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub ended_at: Option<Timestamp>,
    /// How many recipients it had when its sending began; `null` before.
    #[cfg_attr(feature = "openapi", schema(required, example = json!(null)))]
    pub recipients: Option<u64>,
    /// How many recipients have it in their mailboxes.
    #[cfg_attr(feature = "openapi", schema(example = 0))]
    pub sent: u64,
}

/// A recipient of a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recipient {
    /// Their name.
    #[cfg_attr(feature = "openapi", schema(example = "Grace Hopper"))]
    pub name: String,
    /// The address of their account.
    #[cfg_attr(feature = "openapi", schema(example = "grace@example.com"))]
    pub email: String,
}

/// Who would get a message if it were sent now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct RecipientPreview {
    /// How many.
    #[cfg_attr(feature = "openapi", schema(example = 240))]
    pub count: u64,
    /// The first three by the time of their registration.
    pub samples: Vec<Recipient>,
}

/// A message of an organizer, as a participant sees it on the page of the competition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageUpdate {
    /// Which one.
    pub id: OrganizerMessageId,
    /// One line.
    pub subject: String,
    /// Markdown.
    pub text: String,
    /// When its sending began.
    pub sent_at: Timestamp,
}
