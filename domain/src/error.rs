//! Errors that clients see.

use serde::{Deserialize, Serialize};

use crate::{IdempotencyKey, InvalidIdempotencyKey, RegistrationId};

/// Why a request was refused. The name (`snake_case` on the wire) is stable; clients may match on
/// it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// One or more fields are missing or wrong; every fault is listed.
    ValidationFailed,
    /// The host or the target of the HTTP request is missing or malformed.
    MalformedRequest,
    /// The body is not what its content type says, or not valid UTF-8.
    MalformedBody,
    /// The registration deadline of a new competition is not in the future.
    DeadlineNotInFuture,
    /// The start date is not after the registration deadline.
    StartNotAfterDeadline,
    /// Registration would not open before its deadline.
    OpeningNotBeforeDeadline,
    /// Registration has not opened yet.
    RegistrationNotOpen,
    /// The registration deadline has passed.
    RegistrationClosed,
    /// The organizer has cancelled the competition: registrations can be neither made nor
    /// cancelled.
    CompetitionCancelled,
    /// The competition has started, or has no start date and its deadline is 90 days past:
    /// registrations for it and the competition itself cannot be cancelled.
    CompetitionOver,
    /// All seats are taken.
    CompetitionFull,
    /// The `Idempotency-Key` is not 1 to 255 visible ASCII characters.
    InvalidIdempotencyKey,
    /// `If-Match` is neither `*` nor a list of entity tags.
    InvalidIfMatch,
    /// The cursor is not one of this list with these parameters.
    InvalidCursor,
    /// No access token and no session came with the request.
    Unauthorized,
    /// The access token has expired.
    TokenExpired,
    /// The access token is malformed, or was not issued here.
    TokenInvalid,
    /// The access token was revoked: the password was changed, the account was deleted or disabled,
    /// or the owner revoked a personal access token.
    TokenRevoked,
    /// No account has this e-mail address and password.
    InvalidCredentials,
    /// The password is right, and an operator has disabled the account.
    AccountDisabled,
    /// The password that confirms a change of the account is wrong.
    WrongPassword,
    /// The link to reset the password was used or has expired, or the password was changed since.
    ResetLinkInvalid,
    /// The user has not the role, or does not own what the request is about.
    Forbidden,
    /// The personal access token of the request has not the scope that the request needs.
    InsufficientScope,
    /// A page of another site sent the request with the session of the user.
    CrossSiteRequest,
    /// There is no such account. For operators only.
    AccountNotFound,
    /// There is no such competition.
    CompetitionNotFound,
    /// There is no such message in this mailbox.
    MailNotFound,
    /// The organizer has no such webhook.
    WebhookNotFound,
    /// The webhooks of the organizer have no such delivery.
    DeliveryNotFound,
    /// The user has no such personal access token.
    PersonalTokenNotFound,
    /// No route has this path.
    RouteNotFound,
    /// The route has no such method.
    MethodNotAllowed,
    /// The e-mail address has an account.
    EmailTaken,
    /// The user has a personal access token with this name.
    TokenNameTaken,
    /// The user has as many personal access tokens as are allowed.
    TooManyTokens,
    /// The account cannot be deleted while its competitions have registrations.
    OpenCompetitions,
    /// The account has competitions or registrations, so it cannot become an administrator.
    AccountInUse,
    /// No other administrator could log in if this one were disabled.
    LastAdministrator,
    /// The participant is registered already.
    AlreadyRegistered,
    /// The participant has no registration for this competition.
    NotRegistered,
    /// The competition was changed since the version that the edit is based on.
    StaleVersion,
    /// A cancelled competition cannot be edited.
    CancelledIsFinal,
    /// The new capacity is below the number of registrations.
    CapacityBelowSeatsTaken,
    /// The organizer has as many webhooks as allowed.
    TooManyWebhooks,
    /// The webhook is disabled, so that nothing is sent to it.
    WebhookDisabled,
    /// There is no such job in the dead letter queue.
    JobNotFound,
    /// The competition is not the version that `If-Match` asks for.
    PreconditionFailed,
    /// Another request with the same key is in flight.
    IdempotencyInFlight,
    /// The request did not arrive in time.
    RequestTimeout,
    /// The body is larger than allowed.
    PayloadTooLarge,
    /// The request target is longer than allowed.
    UriTooLong,
    /// The content type of the body is not supported.
    UnsupportedMediaType,
    /// The key was used before for another request.
    IdempotencyKeyReused,
    /// Too many requests; a retry may succeed after `Retry-After`.
    RateLimited,
    /// The headers are larger than allowed.
    HeadersTooLarge,
    /// The service is overloaded; a later retry may succeed.
    Overloaded,
    /// The change was made or not. A retry with the same `Idempotency-Key` finds out.
    OutcomeUnknown,
    /// The server failed.
    Internal,
}

impl ErrorCode {
    /// The HTTP status.
    pub fn status(self) -> u16 {
        match self {
            Self::ValidationFailed
            | Self::MalformedRequest
            | Self::MalformedBody
            | Self::DeadlineNotInFuture
            | Self::StartNotAfterDeadline
            | Self::OpeningNotBeforeDeadline
            | Self::RegistrationNotOpen
            | Self::RegistrationClosed
            | Self::CompetitionCancelled
            | Self::CompetitionFull
            | Self::InvalidIdempotencyKey
            | Self::InvalidIfMatch
            | Self::InvalidCursor
            | Self::ResetLinkInvalid => 400,
            Self::Unauthorized
            | Self::TokenExpired
            | Self::TokenInvalid
            | Self::TokenRevoked
            | Self::InvalidCredentials => 401,
            Self::Forbidden
            | Self::InsufficientScope
            | Self::CrossSiteRequest
            | Self::AccountDisabled
            | Self::WrongPassword => 403,
            Self::AccountNotFound
            | Self::CompetitionNotFound
            | Self::MailNotFound
            | Self::WebhookNotFound
            | Self::DeliveryNotFound
            | Self::PersonalTokenNotFound
            | Self::RouteNotFound
            | Self::NotRegistered
            | Self::JobNotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::EmailTaken
            | Self::TokenNameTaken
            | Self::TooManyTokens
            | Self::OpenCompetitions
            | Self::AccountInUse
            | Self::LastAdministrator
            | Self::AlreadyRegistered
            | Self::CompetitionOver
            | Self::IdempotencyInFlight
            | Self::StaleVersion
            | Self::CancelledIsFinal
            | Self::TooManyWebhooks
            | Self::WebhookDisabled
            | Self::CapacityBelowSeatsTaken => 409,
            Self::PreconditionFailed => 412,
            Self::PayloadTooLarge => 413,
            Self::UriTooLong => 414,
            Self::UnsupportedMediaType => 415,
            Self::IdempotencyKeyReused => 422,
            Self::RateLimited => 429,
            Self::HeadersTooLarge => 431,
            Self::Internal => 500,
            Self::Overloaded | Self::OutcomeUnknown => 503,
        }
    }

    /// Whether logging in is what the client has to do.
    pub fn asks_for_login(self) -> bool {
        matches!(
            self,
            Self::Unauthorized | Self::TokenExpired | Self::TokenInvalid | Self::TokenRevoked
        )
    }

    /// Seconds after which a retry may succeed, for `Retry-After`.
    pub fn retry_after(self) -> Option<u32> {
        matches!(self, Self::IdempotencyInFlight | Self::Overloaded | Self::OutcomeUnknown)
            .then_some(1)
    }
}

/// One fault of one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// The field's name on the wire, e.g. `regDeadline`.
    #[cfg_attr(feature = "openapi", schema(example = "title"))]
    pub field: String,
    /// A sentence for people, e.g. `Title must not be blank`.
    #[cfg_attr(feature = "openapi", schema(example = "Title must not be blank"))]
    pub message: String,
}

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

    /// No competition has the id.
    pub fn competition_not_found() -> Self {
        Self::new(ErrorCode::CompetitionNotFound, "Competition not found")
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

/// Faults that are reported at once, at most.
const MAX_FAULTS: usize = 50;
/// Longest name of a field in a response, in bytes; longer ones are made up by a client.
const MAX_FIELD: usize = 64;
/// Longest sentence about a fault, in bytes.
const MAX_FAULT: usize = 256;
/// Longest sentence about a request, in bytes.
const MAX_MESSAGE: usize = 1_024;

/// The beginning of a text that is longer than `max` bytes.
fn shorten(mut text: String, max: usize) -> String {
    if text.len() > max {
        text.truncate(text.floor_char_boundary(max - '…'.len_utf8()));
        text.push('…');
    }
    text
}

/// Collects the faults of an input, so that all are reported at once.
#[derive(Debug, Default)]
pub struct Faults(Vec<FieldError>);

impl Faults {
    /// Adds a fault. Drops faults beyond a limit and shortens long names, so that a response is not
    /// much larger than its request.
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        if self.0.len() < MAX_FAULTS {
            let field = shorten(field.to_owned(), MAX_FIELD);
            self.0.push(FieldError { field, message: shorten(message.into(), MAX_FAULT) });
        }
    }

    /// The value; `None` adds a fault.
    pub fn check<T>(&mut self, field: &str, checked: Result<T, String>) -> Option<T> {
        checked.map_err(|message| self.add(field, message)).ok()
    }

    /// `value` if there are no faults.
    ///
    /// # Errors
    /// [`ErrorCode::ValidationFailed`] with all faults.
    pub fn finish<T>(self, value: Option<T>) -> Result<T, PublicError> {
        match value {
            Some(value) if self.0.is_empty() => Ok(value),
            _ => {
                let messages: Vec<_> = self.0.iter().map(|fault| &*fault.message).collect();
                let error = PublicError::new(ErrorCode::ValidationFailed, messages.join("; "));
                Err(PublicError { fields: self.0, ..error })
            }
        }
    }
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
    fn an_error_is_bounded_whatever_was_sent() {
        let mut faults = Faults::default();
        for number in 0..10_000 {
            let name = format!("{number}{}", "ä".repeat(200));
            faults.add(&name, format!("Field {name} is not known here"));
        }
        let error = faults.finish(None::<()>).unwrap_err();
        assert_eq!(error.fields.len(), MAX_FAULTS);
        assert!(error.fields[0].field.starts_with("0ää") && error.fields[0].field.ends_with('…'));
        assert!(serde_json::to_string(&error).unwrap().len() < 40_000);
        let message = PublicError::new(ErrorCode::MalformedBody, "ä".repeat(100_000)).message;
        assert!(message.len() <= MAX_MESSAGE, "{}", message.len());
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
