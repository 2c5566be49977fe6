//! Marks stored responses to a repeated `Idempotency-Key`.

use axum::{http::HeaderValue, response::Response};

use crate::headers::IDEMPOTENCY_REPLAYED;

/// Adds `Idempotency-Replayed` to a stored response.
pub(super) fn mark(mut response: Response, replayed: bool) -> Response {
    if replayed {
        response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
