//! Extractors whose rejections are problem details.

use std::{collections::BTreeSet, str::FromStr};

use axum::{
    Json,
    body::HttpBody as _,
    extract::{
        FromRequest, FromRequestParts, OptionalFromRequest, Path, Query, Request,
        rejection::{JsonRejection, QueryRejection},
    },
    http::{HeaderMap, Uri, header::CONTENT_TYPE, request::Parts},
};
use domain::{
    CompetitionId, DeliveryId, ErrorCode, Faults, IdempotencyKey, InvalidIdempotencyKey,
    InvitationId, JobId, MailId, OrganizerMessageId, PersonalTokenId, PublicError, RegistrationId,
    WebhookId,
};
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::{headers::IDEMPOTENCY_KEY, problem::Problem};

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        require_utf8(request.headers())?;
        match <Json<T> as FromRequest<S>>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(body_problem(&rejection)),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Body<T> {
    type Rejection = Problem;

    /// `None` for a request without a body or without a `Content-Type`.
    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if request.headers().contains_key(CONTENT_TYPE) && !request.body().is_end_stream() {
            <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
        } else {
            Ok(None)
        }
    }
}

/// A body that is ignored, because clients of the first version of the API send `{}` or anything. A
/// body that is declared as JSON must be valid.
pub(super) struct NoBody;

impl<S: Send + Sync> FromRequest<S> for NoBody {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let body = LenientBody::<Option<IgnoredAny>>::from_request(request, state);
        body.await.map(|_| Self)
    }
}

/// A body that is read if it is declared as JSON, and is then valid; the default for anything else.
pub(super) struct LenientBody<T>(pub(super) T);

impl<T: DeserializeOwned + Default, S: Send + Sync> FromRequest<S> for LenientBody<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        if !is_json(request.headers()) || request.body().is_end_stream() {
            return Ok(Self(T::default()));
        }
        let body = <Body<T> as FromRequest<S>>::from_request(request, state);
        body.await.map(|Body(value)| Self(value))
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    content_type(headers).is_some_and(|value| {
        let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        kind == "application/json" || (kind.starts_with("application/") && kind.ends_with("+json"))
    })
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    headers.get(CONTENT_TYPE)?.to_str().ok()
}

/// Rejects a body that declares another charset than UTF-8, or has two content types. JSON is UTF-8
/// (RFC 8259, section 8.1).
fn require_utf8(headers: &HeaderMap) -> Result<(), Problem> {
    if headers.get_all(CONTENT_TYPE).iter().nth(1).is_some() {
        let message = "There is more than one Content-Type header";
        return Err(Problem::new(ErrorCode::MalformedBody, message));
    }
    let mut parameters = content_type(headers).unwrap_or_default().split(';').skip(1);
    let is_utf8 = parameters.all(|parameter| match parameter.trim().split_once('=') {
        Some((name, value)) if name.trim().eq_ignore_ascii_case("charset") => {
            let value = value.trim().trim_matches('"');
            ["utf-8", "utf8", "us-ascii"].iter().any(|name| value.eq_ignore_ascii_case(name))
        }
        _ => true,
    });
    if is_utf8 {
        return Ok(());
    }
    let message = "The body must be JSON in UTF-8";
    Err(Problem::new(ErrorCode::UnsupportedMediaType, message))
}

fn body_problem(rejection: &JsonRejection) -> Problem {
    match rejection {
        JsonRejection::MissingJsonContentType(_) => Problem::new(
            ErrorCode::UnsupportedMediaType,
            "The body must be JSON, with Content-Type: application/json",
        ),
        // The parser's message names the position of the fault, and reveals only the client's own
        // text.
        JsonRejection::JsonSyntaxError(error) => Problem::new(
            ErrorCode::MalformedBody,
            format!("The body is not valid JSON: {}", root(error)),
        ),
        JsonRejection::JsonDataError(error) => Problem::new(
            ErrorCode::MalformedBody,
            format!("The body must be a JSON object as documented: {}", root(error)),
        ),
        _ => Problem::new(ErrorCode::MalformedBody, "The body could not be read"),
    }
}

/// The innermost cause of an error.
fn root(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |error| error.source());
    causes.last().map(ToString::to_string).unwrap_or_default()
}

/// A query string.
pub(super) struct QueryString<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for QueryString<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        match Query::from_request_parts(parts, state).await {
            Ok(Query(value)) => Ok(Self(value)),
            Err(rejection) => Err(query_problem(&parts.uri, &rejection)),
        }
    }
}

/// A fault for each repeated parameter. Before its values are checked a query can have no others.
fn query_problem(uri: &Uri, rejection: &QueryRejection) -> Problem {
    let pairs = Query::<Vec<(String, String)>>::try_from_uri(uri);
    let pairs = pairs.map(|Query(pairs)| pairs).unwrap_or_default();
    let (mut seen, mut repeated) = (BTreeSet::new(), BTreeSet::new());
    let mut faults = Faults::default();
    for (name, _) in pairs {
        if !seen.insert(name.clone()) && repeated.insert(name.clone()) {
            faults.add(&name, format!("{name} must not be given more than once"));
        }
    }
    if repeated.is_empty() {
        faults.add("query", format!("The query string is wrong: {}", root(rejection)));
    }
    match faults.finish::<()>(None) {
        Ok(()) => Problem::new(ErrorCode::ValidationFailed, "The query string is wrong"),
        Err(error) => error.into(),
    }
}

/// An id in the path. One that is no UUID is answered like one that does not exist.
pub(super) struct Id<T>(pub(super) T);

/// An id, and the error when it does not exist.
pub(super) trait PathId: FromStr {
    /// The error code and message for an id that does not exist.
    const NOT_FOUND: (ErrorCode, &str);
}

impl PathId for CompetitionId {
    const NOT_FOUND: (ErrorCode, &str) = (ErrorCode::CompetitionNotFound, "Competition not found");
}

impl PathId for MailId {
    const NOT_FOUND: (ErrorCode, &str) = (ErrorCode::MailNotFound, "Message not found");
}

impl PathId for RegistrationId {
    const NOT_FOUND: (ErrorCode, &str) = (ErrorCode::NotRegistered, "Registration not found");
}

impl PathId for InvitationId {
    const NOT_FOUND: (ErrorCode, &str) = (ErrorCode::InvitationNotFound, "Invitation not found");
}

impl PathId for OrganizerMessageId {
    const NOT_FOUND: (ErrorCode, &str) = (ErrorCode::MessageNotFound, "Message not found");
}

impl PathId for PersonalTokenId {
    const NOT_FOUND: (ErrorCode, &str) = (ErrorCode::PersonalTokenNotFound, "Token not found");
}

impl PathId for JobId {
    const NOT_FOUND: (ErrorCode, &str) = (ErrorCode::JobNotFound, "Job not found");
}

impl PathId for WebhookId {
    const NOT_FOUND: (ErrorCode, &str) = (ErrorCode::WebhookNotFound, "Webhook not found");
}

impl PathId for DeliveryId {
    const NOT_FOUND: (ErrorCode, &str) = (ErrorCode::DeliveryNotFound, "Delivery not found");
}

impl<T: PathId, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        let text = text.map(|Path(text)| text).unwrap_or_default();
        Ok(Self(parsed(&text)?))
    }
}

/// Two ids in the path, of which the second belongs to the first.
pub(super) struct Ids<A, B>(pub(super) A, pub(super) B);

impl<A: PathId, B: PathId, S: Send + Sync> FromRequestParts<S> for Ids<A, B> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let texts = Path::<(String, String)>::from_request_parts(parts, state).await.ok();
        let (first, second) = texts.map(|Path(texts)| texts).unwrap_or_default();
        Ok(Self(parsed(&first)?, parsed(&second)?))
    }
}

fn parsed<T: PathId>(text: &str) -> Result<T, Problem> {
    let (code, message) = T::NOT_FOUND;
    text.parse().map_err(|_| Problem::new(code, message))
}

/// The `Idempotency-Key` header, if there is one.
pub(super) struct OptionalKey(pub(super) Option<IdempotencyKey>);

impl<S: Send + Sync> FromRequestParts<S> for OptionalKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        key(&parts.headers).map(Self).map_err(Problem::from)
    }
}

fn key(headers: &HeaderMap) -> Result<Option<IdempotencyKey>, PublicError> {
    let mut values = headers.get_all(IDEMPOTENCY_KEY).iter();
    let Some(value) = values.next() else { return Ok(None) };
    let key = value.to_str().ok().and_then(|text| text.parse().ok());
    match (key, values.next()) {
        (Some(key), None) => Ok(Some(key)),
        _ => Err(InvalidIdempotencyKey.into()),
    }
}
