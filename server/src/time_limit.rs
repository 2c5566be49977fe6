//! The time limit of a request, and the answer when it is reached: that nothing was changed, or
//! that this is not known.

use axum::{
    Json,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{ErrorCode, IdempotencyKey, PublicError};
use service::CommitWatch;
use tokio::time::timeout;

use crate::{
    headers::IDEMPOTENCY_KEY,
    problem::Problem,
    security::{API, Limits, SERVER_FUNCTIONS},
};

/// Answers a request that takes too long. What it has begun is rolled back when it is dropped here,
/// unless it is being committed or was handed to admission, which finishes by itself.
pub(crate) async fn enforce(
    State(limits): State<Limits>,
    request: Request,
    next: Next,
) -> Response {
    let reader = Reader::of(&request);
    let is_read = request.method().is_safe();
    let watch = CommitWatch::default();
    match timeout(limits.request_time, watch.observe(next.run(request))).await {
        Ok(response) => response,
        Err(_) => {
            let may_have_committed = !is_read && watch.may_have_committed();
            tracing::error!(
                request.may_have_committed = may_have_committed,
                "a request has reached its time limit"
            );
            let error = match &reader {
                Reader::Client(key) if may_have_committed => {
                    PublicError::outcome_unknown(key.as_ref())
                }
                _ if may_have_committed => PublicError::outcome_unknown(None),
                _ => PublicError::new(
                    ErrorCode::Overloaded,
                    "This took too long. Nothing was changed; please try again.",
                ),
            };
            reader.respond(error)
        }
    }
}

/// Where keys are read: another route of the API ignores the header, and a retry with it would find
/// nothing out.
const KEYED: &str = "/api/competitions";

/// Who reads the answer.
enum Reader {
    /// An API client, with its `Idempotency-Key` where the route reads it.
    Client(Option<IdempotencyKey>),
    /// A browser that loads a page or posts a form: the layer outside of this one makes a page of
    /// the answer.
    Browser,
    /// Our code in the browser, which has called a server function.
    Script,
}

impl Reader {
    fn of(request: &Request) -> Self {
        let path = request.uri().path();
        let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
        let wants_page = accept.is_some_and(|accept| accept.contains("text/html"));
        if path.starts_with(API) {
            let is_keyed = path
                .strip_prefix(KEYED)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
            Self::Client(is_keyed.then(|| key(request.headers())).flatten())
        } else if path.starts_with(SERVER_FUNCTIONS) && !wants_page {
            Self::Script
        } else {
            Self::Browser
        }
    }

    fn respond(self, error: PublicError) -> Response {
        let retry_after = error.retry_after();
        let Self::Script = self else { return Problem::from(error).into_response() };
        let mut response = (StatusCode::SERVICE_UNAVAILABLE, Json(error)).into_response();
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

fn key(headers: &HeaderMap) -> Option<IdempotencyKey> {
    headers.get(IDEMPOTENCY_KEY)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::{future::pending, time::Duration};

    use axum::{Router, body::Body, body::to_bytes, http::Method, middleware, routing};
    use tower::ServiceExt;

    use super::*;

    /// The status and the error that is told of a request that never ends and has changed nothing.
    async fn told(method: Method, path: &str, accept: &str) -> (StatusCode, PublicError) {
        let limits = Limits { request_time: Duration::from_millis(1), ..Limits::default() };
        let router = Router::new()
            .fallback(routing::any(pending::<()>))
            .layer(middleware::from_fn_with_state(limits, enforce));
        let request = Request::builder().method(method).uri(path);
        let request = request.header(header::ACCEPT, accept).body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        assert_eq!(response.headers()[header::RETRY_AFTER], "1");
        let status = response.status();
        let known = response.extensions().get().cloned();
        let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        (status, known.unwrap_or_else(|| serde_json::from_slice(&body).unwrap()))
    }

    #[tokio::test]
    async fn a_request_that_has_begun_nothing_says_so() {
        for (method, path, accept) in [
            (Method::GET, "/api/competitions", "*/*"),
            (Method::POST, "/api/competitions", "application/json"),
            (Method::GET, "/competitions", "text/html"),
            (Method::POST, "/fn/register", "text/html"),
            (Method::POST, "/fn/viewer", "application/json"),
        ] {
            let (status, error) = told(method, path, accept).await;
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
            assert_eq!(error.code, ErrorCode::Overloaded, "{path}");
            assert!(error.message.contains("Nothing was changed"), "{path}: {}", error.message);
        }
    }

    #[test]
    fn a_key_is_named_only_where_it_is_read() {
        for (path, expected) in [
            ("/api/competitions", Some("a-key")),
            ("/api/competitions/1/register", Some("a-key")),
            ("/api/competitionsx", None),
            ("/api/auth/signup", None),
            ("/api/auth/refresh", None),
            ("/api/mailbox/1/read", None),
        ] {
            let request = Request::post(path).header(IDEMPOTENCY_KEY, "a-key");
            let Reader::Client(key) = Reader::of(&request.body(Body::empty()).unwrap()) else {
                panic!("{path} is read by an API client");
            };
            assert_eq!(key, expected.map(|key| key.parse().unwrap()), "{path}");
        }
    }
}
