//! What stands between a request and the site: each file is one defence, and has tests that fail without it.
//!
//! From the outside to the inside: headers on whatever is answered; the memory of answers; the size
//! of a request's head; where it comes from; how often it may; whether a page of another site is
//! behind it; its body.

mod answer_memory;
mod body;
mod client_address;
mod content_security_policy;
mod csrf;
mod head;
mod headers;
mod limits;
mod rate_class;
mod rate_limits;
mod refusal;

use axum::{extract::OriginalUri, http::Request};

pub(crate) use answer_memory::{AnswerMemory, MemoryPermit, reserve as reserve_memory};
pub(crate) use body::bound as bound_body;
pub use client_address::TrustedProxies;
pub(crate) use client_address::resolve as resolve_client;
pub(crate) use content_security_policy::PagePolicy;
pub(crate) use csrf::{Guard as CsrfGuard, origin, refuse_other_sites};
pub(crate) use head::bound as bound_head;
pub(crate) use headers::{Headers, add as add_headers};
pub use limits::Limits;
pub(crate) use rate_class::{RateClass, RateClasses};
pub(crate) use rate_limits::{RateLimits, by_address, by_user};

/// Where server functions are.
pub(crate) const SERVER_FUNCTIONS: &str = "/fn/";
/// Where the API is.
pub(crate) const API: &str = "/api/";

/// The path that was asked for: below `/api` the router has cut off what it has read of it.
fn path<B>(request: &Request<B>) -> &str {
    match request.extensions().get::<OriginalUri>() {
        Some(OriginalUri(uri)) => uri.path(),
        None => request.uri().path(),
    }
}
