//! When a message is to be sent, as a form sends it.

use serde::{Deserialize, Serialize};

/// The `when` of a message that is sent at once.
pub(super) const NOW: &str = "now";
/// The `when` of a message that is sent at a later time.
pub(super) const LATER: &str = "later";

/// The text in the fields.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedSending {
    /// [`LATER`], or at once.
    pub when: String,
    /// The later time, as clocks in the time zone of the competition show it.
    pub at: String,
}

#[cfg(feature = "ssr")]
impl TypedSending {
    /// The time, if it is a later one.
    ///
    /// # Errors
    /// A fault of the field `at`.
    pub(super) fn at(&self, zone: &str) -> Result<Option<domain::Timestamp>, domain::PublicError> {
        use domain::{ErrorCode, PublicError};
        use service::zones;

        if self.when != LATER {
            return Ok(None);
        }
        let at = zones::to_utc(&self.at, zone).map_err(|error| {
            let words = format!("Time {error}");
            PublicError::on_field(ErrorCode::ValidationFailed, "at", &words)
        })?;
        Ok(Some(at))
    }
}

/// The key of the forms on the page of a message in the session.
#[cfg(feature = "ssr")]
pub(super) fn form_name(message: domain::OrganizerMessageId) -> String {
    format!("send_message:{message}")
}
