//! Error responses of the API: RFC 9457 problem details, with the members of the first version of
//! the API besides.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{ErrorCode, FieldError, PublicError, RegistrationId};
use serde::Serialize;
use utoipa::ToSchema;

/// Why a request was rejected (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ProblemDetails {
    /// Always `about:blank`: `code` tells errors apart.
    #[serde(rename = "type")]
    #[schema(example = "about:blank")]
    kind: &'static str,
    /// The reason phrase of the status.
    #[schema(example = "Bad Request")]
    title: &'static str,
    /// The HTTP status.
    #[schema(example = 400)]
    status: u16,
    /// A sentence for people.
    #[schema(example = "Competition is full")]
    detail: String,
    /// The stable, machine-readable reason.
    code: ErrorCode,
    /// The same sentence; for a failed validation, one for each fault.
    message: Message,
    /// The reason phrase of the status.
    #[schema(example = "Bad Request")]
    error: &'static str,
    /// The HTTP status.
    #[schema(example = 400)]
    status_code: u16,
    /// The faults by field.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldError>,
    /// With `already_registered`: the existing registration.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    registration_id: Option<RegistrationId>,
    /// With `outcome_unknown`: the `Idempotency-Key` of the request, by which a retry learns the
    /// outcome.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false, example = "7c1e9a54-register")]
    idempotency_key: Option<String>,
}

/// One sentence, or one for each fault.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
enum Message {
    One(String),
    Many(Vec<String>),
}

impl From<PublicError> for ProblemDetails {
    fn from(error: PublicError) -> Self {
        let PublicError { code, message, fields, registration_id, idempotency_key, .. } = error;
        let status = code.status();
        let title = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
        let title = title.unwrap_or("Error");
        let messages = match code {
            ErrorCode::ValidationFailed if !fields.is_empty() => {
                Message::Many(fields.iter().map(|fault| fault.message.clone()).collect())
            }
            ErrorCode::ValidationFailed => Message::Many(vec![message.clone()]),
            _ => Message::One(message.clone()),
        };
        Self {
            kind: "about:blank",
            title,
            status,
            detail: message,
            code,
            message: messages,
            error: title,
            status_code: status,
            errors: fields,
            registration_id,
            idempotency_key: idempotency_key.map(Into::into),
        }
    }
}

/// An error on its way to an API client.
#[derive(Debug)]
pub(crate) struct Problem(PublicError);

impl Problem {
    pub(crate) fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self(PublicError::new(code, message))
    }
}

impl From<PublicError> for Problem {
    fn from(error: PublicError) -> Self {
        Self(error)
    }
}

impl From<Problem> for PublicError {
    fn from(Problem(error): Problem) -> Self {
        error
    }
}

impl From<service::Error> for Problem {
    /// Logs internal errors, whose details the response does not show.
    fn from(error: service::Error) -> Self {
        if !matches!(error, service::Error::Public(_)) {
            tracing::error!(error = &error as &dyn std::error::Error, "a request failed");
        }
        Self(error.into())
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let retry_after = self.0.retry_after();
        // `error_pages` renders it as a page.
        let error = self.0.clone();
        let code = self.0.code;
        let body = ProblemDetails::from(self.0);
        let status = StatusCode::from_u16(body.status).expect("the table has valid statuses");
        let mut response = (status, Json(body)).into_response();
        let headers = response.headers_mut();
        let problem = HeaderValue::from_static("application/problem+json");
        headers.insert(header::CONTENT_TYPE, problem);
        if let Some(seconds) = retry_after {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if let Some(challenge) = challenge(code) {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response.extensions_mut().insert(error);
        response
    }
}

/// The value of `WWW-Authenticate` (RFC 6750, section 3): only the scheme for a request without a
/// token.
fn challenge(code: ErrorCode) -> Option<&'static str> {
    Some(match code {
        ErrorCode::TokenExpired => {
            r#"Bearer error="invalid_token", error_description="The access token expired""#
        }
        ErrorCode::TokenInvalid => {
            concat!(
                r#"Bearer error="invalid_token", "#,
                r#"error_description="The access token is malformed or was not issued here""#,
            )
        }
        ErrorCode::TokenRevoked => {
            r#"Bearer error="invalid_token", error_description="The access token was revoked""#
        }
        ErrorCode::Forbidden => r#"Bearer error="insufficient_scope""#,
        ErrorCode::InsufficientScope => r#"Bearer error="insufficient_scope", scope="write""#,
        code if code.status() == 401 => "Bearer",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_failed_validation_never_has_an_empty_list_of_messages() {
        let problem = Problem::new(ErrorCode::ValidationFailed, "The query string is wrong");
        let body = axum::body::to_bytes(problem.into_response().into_body(), usize::MAX).await;
        let body: serde_json::Value = serde_json::from_slice(&body.unwrap()).unwrap();
        assert_eq!(body["message"], serde_json::json!(["The query string is wrong"]));
    }

    #[tokio::test]
    async fn every_problem_has_every_member_that_clients_read() {
        let problem = Problem::new(ErrorCode::Internal, "Something went wrong on our side.");
        let response = problem.into_response();
        assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
        let body = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let body: serde_json::Value = serde_json::from_slice(&body).unwrap();
        let sentence = "Something went wrong on our side.";
        let expected = serde_json::json!({
            "type": "about:blank", "title": "Internal Server Error", "status": 500,
            "detail": sentence, "code": "internal",
            "message": sentence, "error": "Internal Server Error", "statusCode": 500,
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn only_retryable_errors_have_retry_after() {
        for (code, expected) in [
            (ErrorCode::IdempotencyInFlight, Some("1")),
            (ErrorCode::Overloaded, Some("1")),
            (ErrorCode::OutcomeUnknown, Some("1")),
            (ErrorCode::CompetitionFull, None),
        ] {
            let response = Problem::new(code, "…").into_response();
            let header = response.headers().get(header::RETRY_AFTER);
            assert_eq!(header.map(|value| value.to_str().unwrap()), expected, "{code:?}");
        }
    }
}
