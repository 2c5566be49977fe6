//! Answers that were given before, to the same `Idempotency-Key`.

use axum::{http::HeaderValue, response::Response};

use crate::headers::IDEMPOTENCY_REPLAYED;

/// Tells in the answer whether it was given before.
pub(super) fn mark(mut response: Response, replayed: bool) -> Response {
    if replayed {
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
