//! Whether the owner of an account has verified its email address.

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// The address of an account, and whether its owner has verified that they read its mail.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct EmailStatus {
    /// The address of the account.
    #[cfg_attr(feature = "openapi", schema(format = "email", example = "ada@example.com"))]
    pub email: String,
    /// Whether it is verified. Until then messages stay in the mailbox on the site.
    pub verified: bool,
    /// Whether its mail server has refused the last mail to it for good.
    pub refused: bool,
    /// The address that has a link and a code to verify it, until when; `null` for none.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub pending: Option<PendingEmail>,
    /// Whether this installation sends mail.
    pub sends_mail: bool,
}

/// An address that is to be verified.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct PendingEmail {
    /// The address of the account, or the one that replaces it when it is verified.
    #[cfg_attr(feature = "openapi", schema(format = "email", example = "ada@example.com"))]
    pub email: String,
    /// Until when the link and the code verify it.
    pub expires_at: Timestamp,
    /// Whether its mail server has refused the mail for good.
    pub refused: bool,
}
