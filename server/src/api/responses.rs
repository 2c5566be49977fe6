//! The problems that the API documents, each declared once. A handler names those of its own in the
//! `responses` of its `#[utoipa::path]`; those of all operations are added by `conventions`.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, Ref, RefOr, Response, ResponseBuilder},
};

use super::declared_headers;
use crate::problem::ProblemDetails;

macro_rules! problems {
    ($($name:ident: $status:literal $(($header:literal))? $description:literal,)*) => {
        $(
            pub(super) enum $name {}

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    let response = Ref::from_response_name(stringify!($name));
                    BTreeMap::from([($status.to_string(), response.into())])
                }
            }
        )*

        /// Every problem, by the name that operations refer to.
        pub(super) fn declared() -> Vec<(&'static str, Response)> {
            vec![$((stringify!($name), problem($description, &[$($header)?])),)*]
        }
    };
}

problems! {
    InvalidRequest: 400 "A parameter, a header or the body is invalid",
    InvalidField: 400 "A field is invalid",
    MissingField: 400 "A field is missing",
    InvalidParameter: 400 "A parameter is invalid",
    RegistrationRefused: 400 "Competition was cancelled; Registration has not opened yet; \
        Registration deadline has passed; Competition is full; or an invalid key",
    CancellationRefused: 400 "Competition was cancelled; or an invalid key",
    InvalidResetLink: 400 "A field is invalid, or the link has expired",
    InvalidHeader: 400 "An invalid key or `If-Match`",
    Unauthorized: 401 ("WWW-Authenticate")
        "The token is missing, malformed, expired or revoked; `code` tells which",
    InvalidCredentials: 401 ("WWW-Authenticate") "Invalid credentials",
    InvalidRefreshToken: 401 ("WWW-Authenticate")
        "The refresh token is invalid, expired or revoked",
    ParticipantOnly: 403 ("WWW-Authenticate")
        "Required role: PARTICIPANT; or a token that may only read",
    OrganizerOnly: 403 ("WWW-Authenticate")
        "Required role: ORGANIZER; or a token that may only read",
    AdminOnly: 403 ("WWW-Authenticate") "Required role: ADMIN; or a token that may only read",
    OwnerOnly: 403 ("WWW-Authenticate")
        "Required role: ORGANIZER; the competition of another organizer; or a token that may only \
        read",
    NotYourCompetition: 403 ("WWW-Authenticate") "The competition of another organizer",
    AccountDisabled: 403 "The password is right, and the account is disabled",
    WrongPassword: 403 ("WWW-Authenticate")
        "The current password is wrong; or a personal access token",
    WriteScope: 403 ("WWW-Authenticate")
        "A token that may only read; or a page of another site sent the request",
    LoginOnly: 403 ("WWW-Authenticate") "A personal access token; this takes the token of a login",
    CrossSite: 403 "A page of another site sent the request with the session of a browser",
    CompetitionNotFound: 404 "Competition not found",
    NotRegistered: 404 "Competition not found; or you are not registered for it",
    RegistrationNotFound: 404 "You have no such registration",
    MessageNotFound: 404 "Message not found",
    PersonalTokenNotFound: 404 "You have no such token",
    JobNotFound: 404 "Job not found",
    WebhookNotFound: 404 "You have no such webhook",
    DeliveryNotFound: 404 "Your webhooks have no such delivery",
    EmailTaken: 409 "Email already registered",
    TokenNotCreated: 409 "You have a token with this name; or as many as are allowed",
    EditConflict: 409 ("Retry-After") "The version is stale; the competition was cancelled; more \
        seats are taken than the new capacity; or the key is in flight",
    AlreadyRegistered: 409 ("Retry-After") "Already registered for this competition, with \
        `registrationId`; or the key is in flight",
    CompetitionOver: 409 ("Retry-After") "Competition is over; or the key is in flight",
    KeyInFlight: 409 ("Retry-After") "Another request with the same key is in flight",
    HasRegistrations: 409 "Participants are registered for competitions of the user that are not \
        over",
    TooManyWebhooks: 409 "You have ten webhooks",
    WebhookDisabled: 409 "The webhook is disabled",
    VersionMismatch: 412 "The competition has another version than `If-Match` requires",
    BodyTooLarge: 413 "The body is larger than 256 KiB",
    UnsupportedBody: 415 "The body is not JSON in UTF-8, or it is compressed",
    KeyReused: 422 "The key was used for another request",
    TooManyRequests: 429 ("Retry-After") "Too many requests of one address or user",
    TooManyAttempts: 429 ("Retry-After") "Too many attempts",
    TooManyClientStreams: 429 ("Retry-After") "Too many requests or streams of one address or user",
    Overloaded: 503 ("Retry-After") "Overloaded",
    Busy: 503 ("Retry-After") "Overloaded, and nothing was changed; or, with the code \
        `outcome_unknown`, the outcome is unknown",
    TooManyStreams: 503 ("Retry-After") "Overloaded, or too many streams in all",
}

/// The response to a conditional read of a resource that has not changed.
pub(super) enum NotModified {}

impl IntoResponses for NotModified {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        BTreeMap::from([("304".to_owned(), Ref::from_response_name("NotModified").into())])
    }
}

impl NotModified {
    pub(super) fn declared() -> (&'static str, Response) {
        let response = ResponseBuilder::new()
            .description("The stored response is current")
            .header_ref("ETag", declared_headers::reference("ETag"));
        ("NotModified", response.build())
    }
}

/// A response whose body is [`ProblemDetails`].
fn problem(description: &str, headers: &[&str]) -> Response {
    let body = Content::new(Some(Ref::from_schema_name(ProblemDetails::name())));
    let response = ResponseBuilder::new().description(description);
    let response = response.content("application/problem+json", body);
    let headers = declared_headers::RATE_LIMITS.iter().chain(headers);
    let response = headers.fold(response, |response, name| {
        response.header_ref(*name, declared_headers::reference(name))
    });
    response.build()
}
