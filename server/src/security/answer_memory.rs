//! Bounds the memory of large answers: one that a client takes slowly lies in memory until it is
//! sent.

use std::sync::Arc;

use axum::{
    body::HttpBody,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::ErrorCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::Limits;
use crate::problem::Problem;

/// Answers of up to so many bytes are not counted: there are no more of them than connections.
const SMALL: u64 = 64 * 1024;
const KIB: u64 = 1024;

/// Memory for one answer, until the last clone is dropped. It is an extension of the response and
/// outlives its body, which compression or hyper takes at once.
#[derive(Clone, Debug)]
pub(crate) struct MemoryPermit {
    _permit: Arc<OwnedSemaphorePermit>,
}

/// Memory for the large answers of a process. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct AnswerMemory(Arc<Semaphore>);

impl AnswerMemory {
    pub(crate) fn new(limits: &Limits) -> Self {
        // Each permit is a KiB.
        Self(Arc::new(Semaphore::new(limits.unsent_bytes / 1024)))
    }

    /// Memory for an answer of so many bytes; None when there is none left.
    pub(crate) fn take(&self, bytes: u64) -> Option<MemoryPermit> {
        let permits = u32::try_from(bytes.div_ceil(KIB)).ok()?;
        let permit = Arc::clone(&self.0).try_acquire_many_owned(permits).ok()?;
        Some(MemoryPermit { _permit: Arc::new(permit) })
    }
}

/// Answers 503 in place of a large answer to a read that there is no memory for. What was changed
/// is never answered so. A body that is made while it is sent is small at any time.
pub(crate) async fn reserve(
    State(memory): State<AnswerMemory>,
    request: Request,
    next: Next,
) -> Response {
    let is_read = request.method().is_safe();
    let mut response = next.run(request).await;
    let Some(bytes) = response.body().size_hint().exact().filter(|bytes| *bytes > SMALL) else {
        return response;
    };
    match memory.take(bytes) {
        Some(permit) => {
            response.extensions_mut().insert(permit);
        }
        None if is_read => {
            tracing::warn!(response.bytes = bytes, "too many large answers wait for slow clients");
            let message = "Too many large answers are being sent at the moment. Please try again.";
            return Problem::new(ErrorCode::Overloaded, message).into_response();
        }
        None => {}
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::{
        Router,
        body::Body,
        http::{StatusCode, header},
        middleware, routing,
    };
    use tower::ServiceExt;

    use super::*;

    #[tokio::test]
    async fn large_answers_to_reads_are_refused_while_others_hold_the_memory() {
        let large = || async { "x".repeat(100 * 1024) };
        let memory = AnswerMemory::new(&Limits { unsent_bytes: 150 * 1024, ..Limits::default() });
        let router = Router::new()
            .route("/large", routing::get(large).post(large))
            .route("/small", routing::get(|| async { "x" }))
            .layer(middleware::from_fn_with_state(memory, reserve));
        let ask = async |method: &str, path: &str| {
            let request = Request::builder().method(method).uri(path);
            router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
        };
        let first = ask("GET", "/large").await;
        assert_eq!(first.status(), StatusCode::OK);
        // The body is gone at once, the response's extensions are not.
        let (parts, body) = first.into_parts();
        drop(body);
        let refused = ask("GET", "/large").await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
        assert_eq!(refused.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(ask("POST", "/large").await.status(), StatusCode::OK, "something was changed");
        assert_eq!(ask("GET", "/small").await.status(), StatusCode::OK);
        drop(parts);
        assert_eq!(ask("GET", "/large").await.status(), StatusCode::OK);
    }
}
