//! The problems that the API documents, each declared once. A handler names those of its own in the
//! `responses` of its `#[utoipa::path]`; those of all operations are added by `conventions`.

use std::collections::BTreeMap;

use domain::{ErrorCode, PublicError};
use utoipa::{
    IntoResponses, ToSchema,
    openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder},
};

use super::declared_headers;
use crate::problem::ProblemDetails;

macro_rules! problems {
    ($($name:ident: $code:ident $(($header:literal))? $description:literal,)*) => {
        $(
            pub(super) enum $name {}

            impl IntoResponses for $name {
                fn responses() -> BTreeMap<String, RefOr<Response>> {
                    let response = Ref::from_response_name(stringify!($name));
                    BTreeMap::from([(ErrorCode::$code.status().to_string(), response.into())])
                }
            }
        )*

        /// Every problem, by the name that operations refer to.
        pub(super) fn declared() -> Vec<(&'static str, Response)> {
            vec![$((
                stringify!($name),
                problem(ErrorCode::$code, $description, &[$($header)?]),
            ),)*]
        }
    };
}

problems! {
    InvalidRequest: ValidationFailed "A parameter, a header or the body is invalid",
    InvalidField: ValidationFailed "A field is invalid",
    MissingField: ValidationFailed "A field is missing",
    InvalidParameter: ValidationFailed "A parameter is invalid",
    RegistrationRefused: RegistrationClosed
        "Competition was cancelled; Registration has not opened yet; Registration deadline has \
        passed; Competition is full; an answer is wrong; or an invalid key",
    AnswersRefused: RegistrationClosed
        "An answer is wrong; competition was cancelled; or registration deadline has passed",
    CorrectionRefused: CompetitionCancelled "An answer is wrong; or competition was cancelled",
    ReviewRefused: CompetitionCancelled
        "Competition was cancelled; a field is invalid; or an invalid key",
    AdditionRefused: CompetitionFull
        "Competition is full, was cancelled or is a draft; a field is invalid; or an invalid key",
    InvitationRefused: RegistrationClosed
        "An address is wrong; competition was cancelled or is a draft; or registration deadline \
        has passed",
    CancellationRefused: CompetitionCancelled "Competition was cancelled; or an invalid key",
    InvalidResetLink: ResetLinkInvalid "A field is invalid, or the link has expired",
    InvalidEmailLink: EmailVerificationInvalid "A field is invalid, or the link has expired",
    InvalidEmailCode: EmailCodeWrong
        "A field is invalid, or the code is another one, has expired or has no try left",
    InvalidHeader: InvalidIdempotencyKey "An invalid key or `If-Match`",
    Unauthorized: Unauthorized ("WWW-Authenticate")
        "The token is missing, malformed, expired or revoked; `code` tells which",
    InvalidCredentials: InvalidCredentials ("WWW-Authenticate") "Invalid credentials",
    InvalidRefreshToken: TokenInvalid ("WWW-Authenticate")
        "The refresh token is invalid, expired or revoked",
    ParticipantOnly: Forbidden ("WWW-Authenticate")
        "Required role: PARTICIPANT; or a token that may only read",
    NotAllowedToRegister: Forbidden ("WWW-Authenticate")
        "Required role: PARTICIPANT; the user's own competition; an access code is needed, is not \
        valid or used up; the organizer has rejected the registration; or a token that may only \
        read",
    OrganizerOnly: Forbidden ("WWW-Authenticate")
        "Required role: ORGANIZER; or a token that may only read",
    AdminOnly: Forbidden ("WWW-Authenticate") "Required role: ADMIN; or a token that may only read",
    OwnerOnly: Forbidden ("WWW-Authenticate")
        "Required role: ORGANIZER; the competition of another organizer; or a token that may only \
        read",
    AdditionForbidden: Forbidden ("WWW-Authenticate")
        "Required role: ORGANIZER; the competition of another organizer; the address of the \
        organizer; or a token that may only read",
    NotYourCompetition: Forbidden ("WWW-Authenticate") "The competition of another organizer",
    AccountDisabled: AccountDisabled "The password is right, and the account is disabled",
    WrongPassword: WrongPassword ("WWW-Authenticate")
        "The current password is wrong; or a personal access token",
    WriteScope: InsufficientScope ("WWW-Authenticate")
        "A token that may only read; or a page of another site sent the request",
    LoginOnly: Forbidden ("WWW-Authenticate")
        "A personal access token; this takes the token of a login",
    RoleRefused: Forbidden ("WWW-Authenticate") "A personal access token; or an administrator",
    CrossSite: CrossSiteRequest
        "A page of another site sent the request with the session of a browser",
    CompetitionNotFound: CompetitionNotFound "Competition not found",
    NotRegistered: NotRegistered "Competition not found; or you are not registered for it",
    RegistrationNotFound: NotRegistered "You have no such registration",
    ParticipantNotFound: AccountNotFound
        "Competition not found; or no participant has the address",
    RecordNotFound: NotRegistered "Competition not found; or it has no such registration",
    MessageNotFound: MailNotFound "Message not found",
    PersonalTokenNotFound: PersonalTokenNotFound "You have no such token",
    CalendarFeedNotFound: CalendarFeedNotFound "You have no calendar feed",
    JobNotFound: JobNotFound "Job not found",
    InvitationNotFound: InvitationNotFound
        "Competition not found; or it has no such invitation",
    OrganizerMessageNotFound: MessageNotFound
        "Competition not found; or it has no such message",
    WebhookNotFound: WebhookNotFound "You have no such webhook",
    DeliveryNotFound: DeliveryNotFound "Your webhooks have no such delivery",
    EmailTaken: EmailTaken "Email already registered",
    MailUnavailable: MailUnavailable "This installation sends no mail",
    TokenNotCreated: TokenNameTaken "You have a token with this name; or as many as are allowed",
    EditConflict: StaleVersion ("Retry-After")
        "The version is stale; the competition was cancelled; more seats are taken than the new \
        capacity; a competition with registrations would become a draft; or the key is in flight",
    AlreadyRegistered: AlreadyRegistered ("Retry-After")
        "Already registered for this competition, with `registrationId`; its questions have just \
        changed; or the key is in flight",
    AlreadyAdded: AlreadyRegistered ("Retry-After")
        "The participant is registered already, with `registrationId`; competition is over; or the \
        key is in flight",
    CompetitionOver: CompetitionOver ("Retry-After")
        "Competition has started, or is over; or the key is in flight",
    CorrectionConflict: RegistrationCancelled
        "The participant has cancelled the registration; or competition is over",
    KeyInFlight: IdempotencyInFlight ("Retry-After")
        "Another request with the same key is in flight",
    HasRegistrations: OpenCompetitions
        "Participants are registered for competitions of the user that are not over",
    TooManyWebhooks: TooManyWebhooks "You have ten webhooks",
    TooManyInvitations: TooManyInvitations
        "The competition would have more than 10,000 invitations",
    TooManyMessages: TooManyMessages "The competition has 200 messages",
    SentAlready: MessageNotDraft "The message was sent or scheduled already",
    SendRefused: NoRecipients
        "Nobody would get the message; it was stopped; or the version is stale",
    NotPending: MessageNotPending "The message is not scheduled and not being sent",
    WebhookDisabled: WebhookDisabled "The webhook is disabled",
    VersionMismatch: PreconditionFailed
        "The competition has another version than `If-Match` requires",
    InvalidPicture: ValidationFailed "The picture cannot be read, or has a wrong size",
    TooManyAssets: TooManyAssets "You have uploaded 100 pictures in the last 24 hours",
    PictureTooLarge: PayloadTooLarge "The picture is larger than 8 MB",
    NoPicture: UnsupportedMediaType "The body is not a picture, or it is compressed",
    BodyTooLarge: PayloadTooLarge "The body is larger than 256 KiB",
    UnsupportedBody: UnsupportedMediaType "The body is not JSON in UTF-8, or it is compressed",
    KeyReused: IdempotencyKeyReused "The key was used for another request",
    TooManyRequests: RateLimited ("Retry-After") "Too many requests of one address or user",
    TooManyAttempts: RateLimited ("Retry-After") "Too many attempts",
    TooManyClientStreams: RateLimited ("Retry-After")
        "Too many requests or streams of one address or user",
    Overloaded: Overloaded ("Retry-After") "Overloaded",
    Busy: Overloaded ("Retry-After")
        "Overloaded, and nothing was changed; or, with the code `outcome_unknown`, the outcome is \
        unknown",
    TooManyStreams: Overloaded ("Retry-After") "Overloaded, or too many streams in all",
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

/// A response whose body is [`ProblemDetails`]. Its example has `code`, which may not be the only
/// one of the status.
fn problem(code: ErrorCode, description: &str, headers: &[&str]) -> Response {
    let sentence = description.split(';').next().unwrap_or_default();
    let example = ProblemDetails::from(PublicError::new(code, sentence));
    let example = serde_json::to_value(example).expect("problem details are plain JSON");
    let body = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(ProblemDetails::name())))
        .example(Some(example))
        .build();
    let response = ResponseBuilder::new().description(description);
    let response = response.content("application/problem+json", body);
    let headers = declared_headers::RATE_LIMITS.iter().chain(headers);
    let response = headers.fold(response, |response, name| {
        response.header_ref(*name, declared_headers::reference(name))
    });
    response.build()
}
