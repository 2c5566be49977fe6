//! Security headers, which are on every response.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};

use super::content_security_policy;

/// Browser features that no page of this site uses.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), \
     gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), usb=()";
/// A year. Not for subdomains, which may belong to other operators.
const HSTS: &str = "max-age=31536000";

/// The headers that are the same on every response.
const ALWAYS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // URLs of pages may hold tokens.
    (header::REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("permissions-policy"), PERMISSIONS),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    // It concerns embedding without CORS only, so it does not affect the sites in CORS_ORIGINS.
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    // For browsers that do not know `frame-ancestors`.
    (header::X_FRAME_OPTIONS, "DENY"),
];

/// The options that headers depend on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Headers {
    /// Whether browsers reach the site through https.
    pub(crate) is_https: bool,
}

/// Adds the headers that a response lacks.
pub(crate) async fn add(State(options): State<Headers>, request: Request, next: Next) -> Response {
    let policy = content_security_policy::without_scripts(request.uri().path());
    let mut response = next.run(request).await;
    options.complete(response.headers_mut(), policy);
    response
}

impl Headers {
    /// Adds the headers that a refusal lacks.
    pub(crate) fn complete_refusal(self, headers: &mut HeaderMap) {
        self.complete(headers, content_security_policy::NOTHING);
    }

    fn complete(self, headers: &mut HeaderMap, policy: &'static str) {
        for (name, value) in ALWAYS {
            // A page may be stricter: one whose URL holds a token sends no `Referer` at all.
            headers.entry(name).or_insert(HeaderValue::from_static(value));
        }
        if self.is_https {
            let hsts = HeaderValue::from_static(HSTS);
            headers.insert(header::STRICT_TRANSPORT_SECURITY, hsts);
        }
        // A page has its own policy.
        headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(policy));
        headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    }
}
