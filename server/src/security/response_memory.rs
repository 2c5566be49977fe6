//! Bounds the memory of large responses. A response stays in memory until its client has taken it.

use std::sync::Arc;

use axum::{
    body::HttpBody,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use domain::ErrorCode;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::HttpLimits;
use crate::problem::Problem;

/// The largest response that is not counted, in bytes. The number of connections bounds those.
const SMALL: u64 = 64 * 1024;
const KIB: u64 = 1024;

/// Memory for one response, until the last clone is dropped. It is an extension of the response,
/// and so outlives the body, which compression or hyper consumes at once.
#[derive(Clone, Debug)]
pub(crate) struct MemoryPermit {
    _permit: Arc<OwnedSemaphorePermit>,
}

/// Memory for the large responses of this process. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct ResponseMemory(Arc<Semaphore>);

impl ResponseMemory {
    pub(crate) fn new(limits: &HttpLimits) -> Self {
        // Each permit is a KiB.
        Self(Arc::new(Semaphore::new(limits.unsent_bytes / 1024)))
    }

    /// Memory for a response of `bytes` bytes; `None` when too little is left.
    pub(crate) fn take(&self, bytes: u64) -> Option<MemoryPermit> {
        let permits = u32::try_from(bytes.div_ceil(KIB)).ok()?;
        let permit = Arc::clone(&self.0).try_acquire_many_owned(permits).ok()?;
        Some(MemoryPermit { _permit: Arc::new(permit) })
    }
}

/// Answers a read with 503 when there is no memory for its large response. A write always gets its
/// response: its client must learn the outcome. A body of unknown size is streamed in small parts,
/// and not counted.
pub(crate) async fn reserve(
    State(memory): State<ResponseMemory>,
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
            tracing::warn!(
                response.bytes = bytes,
                "too many large responses wait for slow clients"
            );
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
    async fn a_large_response_to_a_read_is_refused_while_others_hold_the_memory() {
        let large = || async { "x".repeat(100 * 1024) };
        let memory =
            ResponseMemory::new(&HttpLimits { unsent_bytes: 150 * 1024, ..HttpLimits::default() });
        let router = Router::new()
            .route("/large", routing::get(large).post(large))
            .route("/small", routing::get(|| async { "x" }))
            .layer(middleware::from_fn_with_state(memory, reserve));
        let send = async |method: &str, path: &str| {
            let request = Request::builder().method(method).uri(path);
            router.clone().oneshot(request.body(Body::empty()).unwrap()).await.unwrap()
        };
        let first = send("GET", "/large").await;
        assert_eq!(first.status(), StatusCode::OK);
        // The permit outlives the body.
        let (parts, body) = first.into_parts();
        drop(body);
        let refused = send("GET", "/large").await;
        assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(refused.headers()[header::RETRY_AFTER], "1");
        assert_eq!(refused.headers()[header::CONTENT_TYPE], "application/problem+json");
        assert_eq!(send("POST", "/large").await.status(), StatusCode::OK, "a write is answered");
        assert_eq!(send("GET", "/small").await.status(), StatusCode::OK);
        drop(parts);
        assert_eq!(send("GET", "/large").await.status(), StatusCode::OK);
    }
}
