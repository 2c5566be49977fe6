//! What becomes of mail, for administrators.

use serde::{Deserialize, Serialize};

/// What becomes of mail, in numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct MailOutcomes {
    /// Whether this installation sends mail.
    pub enabled: bool,
    /// Mails that were done with in the last hour: taken by the mail server, or left in the mailbox
    /// by a preference or a limit.
    #[cfg_attr(feature = "openapi", schema(example = 240))]
    pub done_last_hour: u64,
    /// Mails that wait for a worker, or for their next try.
    #[cfg_attr(feature = "openapi", schema(example = 12))]
    pub waiting: u64,
    /// Those of them that were tried and put off.
    #[cfg_attr(feature = "openapi", schema(example = 3))]
    pub put_off: u64,
    /// Why one of them was put off; `null` if none was.
    #[cfg_attr(
        feature = "openapi",
        schema(required, example = "the mail server takes no more mails at the moment")
    )]
    pub last_error: Option<String>,
    /// Mails that no mail server took, in the dead letter queue.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub given_up: u64,
    /// Accounts whose address takes no mail.
    #[cfg_attr(feature = "openapi", schema(example = 2))]
    pub refused_addresses: u64,
}
