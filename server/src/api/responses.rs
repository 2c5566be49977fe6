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
    InvalidField: 400 "A field is wrong",
    MissingField: 400 "A field is missing",
    InvalidParameter: 400 "A parameter is wrong",
    InvalidSearch: 400 "The parameter is wrong",
    RegistrationRefused: 400 "Competition was cancelled; Registration has not opened yet; \
        Registration deadline has passed; Competition is full; or a bad key",
    CancellationRefused: 400 "Competition was cancelled; or a bad key",
    InvalidResetLink: 400 "A field is wrong, or the link is not good any more",
    InvalidHeader: 400 "A bad key or a bad `If-Match`",
    Unauthorized: 401 "Unauthorized",
    InvalidCredentials: 401 "Invalid credentials",
    InvalidRefreshToken: 401 "The refresh token is not good any more",
    ParticipantOnly: 403 "Required role: PARTICIPANT",
    OrganizerOnly: 403 "Required role: ORGANIZER",
    AdminOnly: 403 "Required role: ADMIN",
    OwnerOnly: 403 "Required role: ORGANIZER; or it is somebody else's",
    NotYourCompetition: 403 "Somebody else's competition",
    WrongPassword: 403 "This is not your password",
    CompetitionNotFound: 404 "Competition not found",
    NotRegistered: 404 "Competition not found; or you are not registered for it",
    RegistrationNotFound: 404 "You have no such registration",
    MessageNotFound: 404 "Message not found",
    JobNotFound: 404 "Job not found",
    EmailTaken: 409 "Email already registered",
    EditConflict: 409 "It was edited since; it was cancelled; more seats are taken than the new \
        capacity has; or the key is in flight",
    AlreadyRegistered: 409 "Already registered for this competition, with `registrationId`; or \
        the key is in flight",
    CompetitionOver: 409 "Competition is over; or the key is in flight",
    HasRegistrations: 409 "People are registered for competitions of theirs that are not over",
    VersionMismatch: 412 "The competition has another version than `If-Match` asks for",
    KeyReused: 422 "The key was used for another request",
    TooManyAttempts: 429 "Too many attempts; `Retry-After` tells how many seconds to wait",
    TooManyClientStreams: 429 "Too many streams from one address or of one user",
    Busy: 503 "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not \
        known",
    TooManyStreams: 503 "Too many streams in all",
}

/// One response whose body is [`ProblemDetails`].
fn problem(status: u16, description: &str) -> BTreeMap<String, RefOr<Response>> {
    let body = Content::new(Some(Ref::from_schema_name(ProblemDetails::name())));
    let response = ResponseBuilder::new().description(description);
    let response = response.content("application/problem+json", body).build();
    BTreeMap::from([(status.to_string(), response.into())])
}
