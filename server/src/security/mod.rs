//! Defences between a request and the application. Each file is one defence, and has tests that
//! fail without it.
//!
//! From the outermost layer to the innermost: security headers, response memory, request head,
//! client address, rate limits by address, cross-site requests, script hashes, rate limits by user,
//! request body.

mod allowance;
pub(crate) mod body;
mod client_address;
mod content_security_policy;
mod csrf;
pub(crate) mod head;
mod headers;
mod http_limits;
mod rate_class;
mod rate_limit_headers;
mod rate_limits;
mod read_body;
pub(crate) mod rejection;
mod response_memory;
mod script_hashes;
pub(crate) mod uploads;

pub use allowance::Allowance;
pub(crate) use allowance::Allowances;
pub(crate) use body::{BodyLimits, bound as bound_body};
pub use client_address::TrustedProxies;
pub(crate) use client_address::resolve as resolve_client;
pub(crate) use content_security_policy::PagePolicy;
pub(crate) use csrf::{CsrfGuard, origin, reject_cross_site};
pub(crate) use head::bound as bound_head;
pub(crate) use headers::{Headers, add as add_headers};
pub use http_limits::HttpLimits;
pub(crate) use rate_class::{RateClass, RateClasses};
pub(crate) use rate_limit_headers::{RATE_LIMIT, RATE_LIMIT_POLICY};
pub(crate) use rate_limits::{RateLimits, limit_by_address, limit_by_user};
pub(crate) use response_memory::{MemoryPermit, ResponseMemory, reserve as reserve_memory};
pub(crate) use script_hashes::allow_by_hash;
pub(crate) use uploads::Uploads;
