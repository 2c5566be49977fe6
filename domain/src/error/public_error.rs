//! The error that clients see.

use serde::{Deserialize, Serialize};

use super::{ErrorCode, FieldError, shorten};
use crate::{IdempotencyKey, InvalidIdempotencyKey, RegistrationId, Role};

/// Longest sentence about a request, in bytes.
pub(super) const MAX_MESSAGE: usize = 1_024;

/// How the message of a [`PublicError::required_role`] begins.
const REQUIRED_ROLE: &str = "Required role: ";

/// An error without internal details, for clients.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[error("{message}")]
pub struct PublicError {
    /// The stable, machine-readable reason.
    pub code: ErrorCode,
    /// A sentence for people.
    pub message: String,
    /// The fields that are at fault, if any.
    #[serde(default)]
    pub fields: Vec<FieldError>,
    /// Identifies the request in the log. Pages show it; the REST API has it in a header.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request_id: Option<String>,
    /// Seconds to wait, where they vary.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<u32>,
    /// The registration that exists already.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub registration_id: Option<RegistrationId>,
    /// The `Idempotency-Key` with which a retry finds out the outcome.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub idempotency_key: Option<Box<str>>,
}

impl PublicError {
    /// An error about the request as a whole.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self {
            code,
            message: shorten(message.into(), MAX_MESSAGE),
            fields: Vec::new(),
            request_id: None,
            wait: None,
            registration_id: None,
            idempotency_key: None,
        }
    }

    /// The outcome of the request is unknown; `key` is its `Idempotency-Key`, if it has one.
    pub fn outcome_unknown(key: Option<&IdempotencyKey>) -> Self {
        let message = match key {
            Some(_) => {
                "It is not known whether this was done. Send the same request with the same \
                 Idempotency-Key again: that finds out, and nothing is done twice."
            }
            None => {
                "It is not known whether this was done. Check the current state before you try \
                 again."
            }
        };
        let idempotency_key = key.map(|key| key.as_str().into());
        Self { idempotency_key, ..Self::new(ErrorCode::OutcomeUnknown, message) }
    }

    /// The user has not the role.
    pub fn required_role(role: Role) -> Self {
        Self::new(ErrorCode::Forbidden, format!("{REQUIRED_ROLE}{role}"))
    }

    /// The role of a [`Self::required_role`].
    pub fn missing_role(&self) -> Option<Role> {
        let role = self.message.strip_prefix(REQUIRED_ROLE)?.parse().ok();
        role.filter(|_| self.code == ErrorCode::Forbidden)
    }

    /// All of these refusals as one, with the code and the sentence of the first, and the fields of
    /// all; `None` without any.
    pub fn joined(refusals: impl IntoIterator<Item = Self>) -> Option<Self> {
        let mut refusals = refusals.into_iter();
        let mut first = refusals.next()?;
        first.fields.extend(refusals.flat_map(|refusal| refusal.fields));
        Some(first)
    }

    /// No competition has the id.
    pub fn competition_not_found() -> Self {
        Self::new(ErrorCode::CompetitionNotFound, "Competition not found")
    }

    /// A competition has no registration with the id.
    pub fn registration_not_found() -> Self {
        let message = "This competition has no such registration";
        Self::new(ErrorCode::NotRegistered, message)
    }

    /// A cancelled competition cannot be edited.
    pub fn cancelled_is_final() -> Self {
        let message = "This competition was cancelled. It stays as it is.";
        Self::new(ErrorCode::CancelledIsFinal, message)
    }

    /// Too many requests; `what` begins the message (`Too many attempts`).
    pub fn rate_limited(what: &str, seconds: u32) -> Self {
        let message = format!("{what}. Try again in {}.", in_words(seconds));
        Self { wait: Some(seconds), ..Self::new(ErrorCode::RateLimited, message) }
    }

    /// Seconds after which a retry may succeed, for `Retry-After`.
    pub fn retry_after(&self) -> Option<u32> {
        self.wait.or_else(|| self.code.retry_after())
    }

    /// The refusal of a picture that has more than [`crate::MAX_UPLOAD`] bytes.
    pub fn picture_too_large() -> Self {
        let message = "The picture must be at most 8 MB";
        Self::on_field(ErrorCode::PayloadTooLarge, "picture", message)
    }

    /// The refusal of a picture while others are received or decoded.
    pub fn too_many_uploads() -> Self {
        let message = "Many pictures are being uploaded at the moment. Please try again.";
        Self::new(ErrorCode::Overloaded, message)
    }

    /// An error about one field, shown beside it.
    pub fn on_field(code: ErrorCode, field: &str, message: &str) -> Self {
        let fields = vec![FieldError { field: field.into(), message: message.into() }];
        Self { fields, ..Self::new(code, message) }
    }

    /// The message about `field`, if there is one.
    pub fn about<'a>(&'a self, field: &str) -> Option<&'a str> {
        let found = self.fields.iter().find(|fault| fault.field == field)?;
        Some(&found.message)
    }
}

impl From<InvalidIdempotencyKey> for PublicError {
    fn from(error: InvalidIdempotencyKey) -> Self {
        Self::new(ErrorCode::InvalidIdempotencyKey, error.to_string())
    }
}

/// `1 second`, `40 seconds`, `5 minutes`: rounded up.
fn in_words(seconds: u32) -> String {
    let (number, unit) = match seconds {
        0..=90 => (seconds.max(1), "second"),
        _ => (seconds.div_ceil(60), "minute"),
    };
    format!("{number} {unit}{}", if number == 1 { "" } else { "s" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_outcome_names_the_key_to_retry_with() {
        let key = "attempt-1".parse().unwrap();
        let error = PublicError::outcome_unknown(Some(&key));
        assert_eq!(error.idempotency_key.as_deref(), Some("attempt-1"));
        assert_eq!((error.code.status(), error.retry_after()), (503, Some(1)));
        assert!(PublicError::outcome_unknown(None).idempotency_key.is_none());
    }

    #[test]
    fn the_wait_is_given_in_words_and_rounded_up() {
        for (seconds, words) in [
            (0, "1 second"),
            (40, "40 seconds"),
            (90, "90 seconds"),
            (91, "2 minutes"),
            (900, "15 minutes"),
        ] {
            let error = PublicError::rate_limited("Too many attempts", seconds);
            assert_eq!(error.message, format!("Too many attempts. Try again in {words}."));
            assert_eq!(error.retry_after(), Some(seconds));
        }
    }
}
