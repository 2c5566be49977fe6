//! The stable reasons of errors.

use serde::{Deserialize, Serialize};

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
    /// The start date is before the registration deadline, or at it where that is not allowed.
    StartNotAfterDeadline,
    /// The competition would end before it starts, or at the same time, or has an end without a
    /// start date.
    EndNotAfterStart,
    /// Seats would be passed on until a time before the registration deadline.
    PromoteUntilBeforeDeadline,
    /// Seats would be passed on after the competition has started, or is over without a start.
    PromoteUntilAfterStart,
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
    /// participants cannot cancel. Or it is over: its organizer cannot cancel it either, nor change
    /// its registrations.
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
    /// The link or code that verifies an email address was used, has expired or was replaced.
    EmailVerificationInvalid,
    /// The code that verifies an email address is another one.
    EmailCodeWrong,
    /// This installation sends no mail.
    MailUnavailable,
    /// The user has not the role, or does not own what the request is about.
    Forbidden,
    /// The user organizes the competition, so they cannot register for it.
    OwnCompetition,
    /// The personal access token of the request has not the scope that the request needs.
    InsufficientScope,
    /// A page of another site sent the request with the session of the user.
    CrossSiteRequest,
    /// There is no such account; for an organizer who adds a participant, no participant has the
    /// address.
    AccountNotFound,
    /// There is no such competition.
    CompetitionNotFound,
    /// There is no such message in this mailbox.
    MailNotFound,
    /// No mail has this link to unsubscribe, or it was sent too long ago.
    UnsubscribeLinkInvalid,
    /// The organizer has no such webhook.
    WebhookNotFound,
    /// The webhooks of the organizer have no such delivery.
    DeliveryNotFound,
    /// The user has no such personal access token.
    PersonalTokenNotFound,
    /// The user has no calendar feed; or none has this address, which may have been renewed.
    CalendarFeedNotFound,
    /// The competition has no such invitation.
    InvitationNotFound,
    /// The competition has no such message of its organizer.
    MessageNotFound,
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
    /// The organizer has changed the questions of the competition while they were answered.
    QuestionsChanged,
    /// The competition takes registrations with an access code only, and none was sent.
    AccessCodeRequired,
    /// The access code admits nobody to this competition, or is the one of another participant.
    AccessCodeInvalid,
    /// As many registrations are active with the access code as it has uses.
    AccessCodeUsedUp,
    /// The participant has no registration for this competition.
    NotRegistered,
    /// The organizer has rejected the registration of the participant, who cannot register again.
    RegistrationRejected,
    /// The participant has cancelled the registration that the organizer decides on.
    RegistrationCancelled,
    /// The competition was changed since the version that the edit is based on.
    StaleVersion,
    /// A cancelled competition cannot be edited.
    CancelledIsFinal,
    /// The new capacity is below the number of registrations.
    CapacityBelowSeatsTaken,
    /// A competition cannot become a draft while a registration for it has a seat.
    HasRegistrations,
    /// The organizer has as many webhooks as allowed.
    TooManyWebhooks,
    /// The competition has as many invitations as allowed.
    TooManyInvitations,
    /// The competition has as many messages of its organizer as allowed.
    TooManyMessages,
    /// The message was sent, is being sent or will be: it cannot be edited, deleted or sent again.
    MessageNotDraft,
    /// The message was sent already, or is a draft: there is nothing to stop.
    MessageNotPending,
    /// The message has no recipients.
    NoRecipients,
    /// The organizer has uploaded as many pictures today as allowed.
    TooManyAssets,
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
            | Self::EndNotAfterStart
            | Self::PromoteUntilBeforeDeadline
            | Self::PromoteUntilAfterStart
            | Self::OpeningNotBeforeDeadline
            | Self::RegistrationNotOpen
            | Self::RegistrationClosed
            | Self::CompetitionCancelled
            | Self::CompetitionFull
            | Self::InvalidIdempotencyKey
            | Self::InvalidIfMatch
            | Self::InvalidCursor
            | Self::ResetLinkInvalid
            | Self::EmailVerificationInvalid
            | Self::EmailCodeWrong => 400,
            Self::Unauthorized
            | Self::TokenExpired
            | Self::TokenInvalid
            | Self::TokenRevoked
            | Self::InvalidCredentials => 401,
            Self::Forbidden
            | Self::OwnCompetition
            | Self::RegistrationRejected
            | Self::AccessCodeRequired
            | Self::AccessCodeInvalid
            | Self::AccessCodeUsedUp
            | Self::InsufficientScope
            | Self::CrossSiteRequest
            | Self::AccountDisabled
            | Self::WrongPassword => 403,
            Self::AccountNotFound
            | Self::CompetitionNotFound
            | Self::MailNotFound
            | Self::UnsubscribeLinkInvalid
            | Self::WebhookNotFound
            | Self::DeliveryNotFound
            | Self::PersonalTokenNotFound
            | Self::CalendarFeedNotFound
            | Self::InvitationNotFound
            | Self::MessageNotFound
            | Self::RouteNotFound
            | Self::NotRegistered
            | Self::JobNotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::RequestTimeout => 408,
            Self::EmailTaken
            | Self::MailUnavailable
            | Self::TokenNameTaken
            | Self::TooManyTokens
            | Self::OpenCompetitions
            | Self::AccountInUse
            | Self::LastAdministrator
            | Self::AlreadyRegistered
            | Self::QuestionsChanged
            | Self::RegistrationCancelled
            | Self::CompetitionOver
            | Self::IdempotencyInFlight
            | Self::StaleVersion
            | Self::CancelledIsFinal
            | Self::TooManyWebhooks
            | Self::TooManyInvitations
            | Self::TooManyMessages
            | Self::MessageNotDraft
            | Self::MessageNotPending
            | Self::NoRecipients
            | Self::TooManyAssets
            | Self::WebhookDisabled
            | Self::CapacityBelowSeatsTaken
            | Self::HasRegistrations => 409,
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
