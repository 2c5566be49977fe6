//! The time limit of a request. The response says that nothing was changed, or that the outcome is
//! unknown.

use axum::{
    extract::{Request, State},
    http::HeaderMap,
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::{ErrorCode, IdempotencyKey, PublicError};
use service::CommitWatch;
use tokio::time::timeout;

use crate::{
    error_format::{ErrorFormat, server_function_error},
    headers::IDEMPOTENCY_KEY,
    problem::Problem,
    security::{
        HttpLimits,
        uploads::{MORE_TIME, is_upload},
    },
};

/// Drops a request at its time limit. Its transaction is rolled back, unless it is being committed
/// or belongs to admission, which finishes on its own.
pub(crate) async fn enforce(
    State(limits): State<HttpLimits>,
    request: Request,
    next: Next,
) -> Response {
    let format = ErrorFormat::of(&request);
    let key = idempotency_key(request.uri().path(), request.headers());
    let is_read = request.method().is_safe();
    let mut time = limits.request_time;
    if is_upload(&request) {
        time += MORE_TIME;
    }
    let watch = CommitWatch::default();
    let Ok(response) = timeout(time, watch.observe(next.run(request))).await else {
        let may_have_committed = !is_read && watch.may_have_committed();
        tracing::error!(
            request.may_have_committed = may_have_committed,
            "a request has reached its time limit"
        );
        let error = if may_have_committed {
            PublicError::outcome_unknown(key.as_ref())
        } else {
            let message = "This took too long. Nothing was changed; please try again.";
            PublicError::new(ErrorCode::Overloaded, message)
        };
        return match format {
            ErrorFormat::ServerFunction => server_function_error(error),
            // `error_pages`, further out, renders the page.
            ErrorFormat::Problem | ErrorFormat::Page => Problem::from(error).into_response(),
        };
    };
    response
}

/// The routes that read `Idempotency-Key`. Other routes ignore the header, so a retry with the same
/// key would not find out what happened.
const KEYED_ROUTES: &str = "/api/competitions";

/// The key of a request, where its route reads it.
fn idempotency_key(path: &str, headers: &HeaderMap) -> Option<IdempotencyKey> {
    let rest = path.strip_prefix(KEYED_ROUTES)?;
    if !rest.is_empty() && !rest.starts_with('/') {
        return None;
    }
    headers.get(IDEMPOTENCY_KEY)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use std::{future::pending, time::Duration};

    use axum::{
        Router,
        body::{Body, to_bytes},
        http::{HeaderValue, Method, StatusCode, header},
        middleware, routing,
    };
    use tower::ServiceExt;

    use super::*;

    /// The status and the error of a request that never ends and has changed nothing.
    async fn time_out(method: Method, path: &str, accept: &str) -> (StatusCode, PublicError) {
        let limits = HttpLimits { request_time: Duration::from_millis(1), ..HttpLimits::default() };
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
    async fn a_timeout_before_any_commit_says_that_nothing_was_changed() {
        for (method, path, accept) in [
            (Method::GET, "/api/competitions", "*/*"),
            (Method::POST, "/api/competitions", "application/json"),
            (Method::GET, "/competitions", "text/html"),
            (Method::POST, "/fn/register", "text/html"),
            (Method::POST, "/fn/viewer", "application/json"),
        ] {
            let (status, error) = time_out(method, path, accept).await;
            assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{path}");
            assert_eq!(error.code, ErrorCode::Overloaded, "{path}");
            assert!(error.message.contains("Nothing was changed"), "{path}: {}", error.message);
        }
    }

    #[test]
    fn a_key_is_returned_only_by_routes_that_read_it() {
        for (path, expected) in [
            ("/api/competitions", Some("a-key")),
            ("/api/competitions/1/register", Some("a-key")),
            ("/api/competitionsx", None),
            ("/api/auth/signup", None),
            ("/api/auth/refresh", None),
            ("/api/mailbox/1/read", None),
        ] {
            let key = HeaderValue::from_static("a-key");
            let key = idempotency_key(path, &HeaderMap::from_iter([(IDEMPOTENCY_KEY, key)]));
            assert_eq!(key, expected.map(|key| key.parse().unwrap()), "{path}");
        }
    }
}
