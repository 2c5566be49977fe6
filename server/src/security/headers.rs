//! Headers that keep browsers from doing more with an answer than it is meant for. They are on every answer.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use super::content_security_policy;

/// Of no use to this site, whatever runs on one of its pages.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), usb=()";
/// A year. Not for subdomains: they may be somebody else's.
const HSTS: &str = "max-age=31536000";

/// What is the same on every answer.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Addresses of pages may tell who looks at what, and hold tokens.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    // Not in the way of sites that may call the API: it is about embedding what was not asked for with CORS.
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // For browsers that do not know `frame-ancestors`.
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// What else depends on the installation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Headers {
    /// Whether browsers reach the site through https.
    pub(crate) is_https: bool,
}

/// Adds what an answer lacks.
pub(crate) async fn add(State(options): State<Headers>, request: Request, next: Next) -> Response {
    let policy = content_security_policy::without_scripts(request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in ALWAYS {
        // A page may be stricter: one whose address holds a token is referred to by nobody.
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if options.is_https {
        let hsts = HeaderValue::from_static(HSTS);
        headers.insert(header::STRICT_TRANSPORT_SECURITY, hsts);
    }
    // A page has one of its own.
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(policy));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}
