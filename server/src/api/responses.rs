//! The problems that the API documents, each declared once. A handler names those that it can
//! answer with in the `responses` of its `#[utoipa::path]`.

use std::collections::BTreeMap;

use utoipa::{
    IntoResponses, ToSchema,
    openapi::{Content, Ref, RefOr, Response, ResponseBuilder},
};

use crate::problem::ProblemDetails;

macro_rules! problems {
    ($($name:ident: $status:literal $description:literal,)*) => {$(
        pub(super) enum $name {}

        impl IntoResponses for $name {
            fn responses() -> BTreeMap<String, RefOr<Response>> {
                problem($status, $description)
            }
        }
    )*};
}

problems! {
    InvalidField: 400 "A field is invalid",
    MissingField: 400 "A field is missing",
    InvalidParameter: 400 "A parameter is invalid",
    InvalidSearch: 400 "The parameter is invalid",
    RegistrationRefused: 400 "Competition was cancelled; Registration has not opened yet; \
        Registration deadline has passed; Competition is full; or an invalid key",
    CancellationRefused: 400 "Competition was cancelled; or an invalid key",
    InvalidResetLink: 400 "A field is invalid, or the link has expired",
    InvalidHeader: 400 "An invalid key or `If-Match`",
    Unauthorized: 401 "Unauthorized",
    InvalidCredentials: 401 "Invalid credentials",
    InvalidRefreshToken: 401 "The refresh token is invalid, expired or revoked",
    ParticipantOnly: 403 "Required role: PARTICIPANT",
    OrganizerOnly: 403 "Required role: ORGANIZER",
    AdminOnly: 403 "Required role: ADMIN",
    OwnerOnly: 403 "Required role: ORGANIZER; or the competition of another organizer",
    NotYourCompetition: 403 "The competition of another organizer",
    WrongPassword: 403 "The current password is wrong",
    CompetitionNotFound: 404 "Competition not found",
    NotRegistered: 404 "Competition not found; or you are not registered for it",
    RegistrationNotFound: 404 "You have no such registration",
    MessageNotFound: 404 "Message not found",
    JobNotFound: 404 "Job not found",
    EmailTaken: 409 "Email already registered",
    EditConflict: 409 "The version is stale; the competition was cancelled; more seats are taken \
        than the new capacity; or the key is in flight",
    AlreadyRegistered: 409 "Already registered for this competition, with `registrationId`; or \
        the key is in flight",
    CompetitionOver: 409 "Competition is over; or the key is in flight",
    HasRegistrations: 409 "Participants are registered for competitions of the user that are not \
        over",
    VersionMismatch: 412 "The competition has another version than `If-Match` requires",
    KeyReused: 422 "The key was used for another request",
    TooManyAttempts: 429 "Too many attempts; `Retry-After` is in seconds",
    TooManyClientStreams: 429 "Too many streams of one address or user",
    Busy: 503 "Overloaded, and nothing was changed; or, with the code `outcome_unknown`, the \
        outcome is unknown",
    TooManyStreams: 503 "Too many streams in all",
}

/// One response whose body is [`ProblemDetails`].
fn problem(status: u16, description: &str) -> BTreeMap<String, RefOr<Response>> {
    let body = Content::new(Some(Ref::from_schema_name(ProblemDetails::name())));
    let response = ResponseBuilder::new().description(description);
    let response = response.content("application/problem+json", body).build();
    BTreeMap::from([(status.to_string(), response.into())])
}
