//! Answers that were given before, to the same `Idempotency-Key`.

use axum::{
    http::{HeaderName, HeaderValue},
    response::Response,
};

const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// Tells in the answer whether it was given before.
pub(super) fn mark(mut response: Response, replayed: bool) -> Response {
    if replayed {
        response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    }
    response
}
