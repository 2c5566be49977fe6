//! Headers of our own, beside those of the standard.

use axum::http::HeaderName;

/// A client's name for one attempt.
pub(crate) const IDEMPOTENCY_KEY: HeaderName = HeaderName::from_static("idempotency-key");
/// Tells that an answer was given before.
pub(crate) const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");
/// Finds a request in the log.
pub(crate) const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// How long a list is in all.
pub(crate) const X_TOTAL_COUNT: HeaderName = HeaderName::from_static("x-total-count");
