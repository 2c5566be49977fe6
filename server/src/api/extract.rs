//! Reading requests, so that whatever is wrong with one is told as a problem.

use std::str::FromStr;

use axum::{
    Json,
    extract::{
        FromRequest, FromRequestParts, OptionalFromRequest, Path, Query, Request,
        rejection::JsonRejection,
    },
    http::{HeaderMap, header::CONTENT_TYPE, request::Parts},
};
use domain::{
    CompetitionId, ErrorCode, IdempotencyKey, InvalidIdempotencyKey, JobId, MailId, PublicError,
    RegistrationId,
};
use serde::de::DeserializeOwned;

use crate::{headers::IDEMPOTENCY_KEY, problem::Problem};

/// A JSON body.
pub(super) struct Body<T>(pub(super) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Body<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        match <Json<T> as FromRequest<S>>::from_request(request, state).await {
            Ok(Json(value)) => Ok(Self(value)),
            Err(rejection) => Err(body_problem(&rejection)),
        }
    }
}

impl<T: DeserializeOwned, S: Send + Sync> OptionalFromRequest<S> for Body<T> {
    type Rejection = Problem;

    /// Nothing for a request that does not say what its body is.
    async fn from_request(request: Request, state: &S) -> Result<Option<Self>, Problem> {
        if request.headers().contains_key(CONTENT_TYPE) {
            <Self as FromRequest<S>>::from_request(request, state).await.map(Some)
        } else {
            Ok(None)
        }
    }
}

fn body_problem(rejection: &JsonRejection) -> Problem {
    match rejection {
        JsonRejection::MissingJsonContentType(_) => Problem::new(
            ErrorCode::UnsupportedMediaType,
            "The body must be JSON, with Content-Type: application/json",
        ),
        // What the parser says of the client's own text gives nothing away, and tells where it is wrong.
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

/// The innermost cause, without what each layer above it adds.
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
            Err(rejection) => {
                let message = format!("The query string is wrong: {}", root(&rejection));
                Err(Problem::new(ErrorCode::ValidationFailed, message))
            }
        }
    }
}

/// An id in the path. One that is no UUID names nothing, so it is answered as such.
pub(super) struct Id<T>(pub(super) T);

/// An id, and what is said when it names nothing.
pub(super) trait PathId: FromStr {
    /// The answer to an id that names nothing.
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

impl PathId for JobId {
    const NOT_FOUND: (ErrorCode, &str) = (ErrorCode::JobNotFound, "Job not found");
}

impl<T: PathId, S: Send + Sync> FromRequestParts<S> for Id<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let text = Path::<String>::from_request_parts(parts, state).await.ok();
        let id = text.and_then(|Path(text)| text.parse().ok());
        let (code, message) = T::NOT_FOUND;
        id.map(Self).ok_or_else(|| Problem::new(code, message))
    }
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
