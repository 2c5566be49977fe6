//! Protection against cross-site request forgery.
//!
//! The rule is that of Go's `http.CrossOriginProtection`, which OWASP's cheat sheet recommends too:
//! browsers send `Sec-Fetch-Site`, older ones `Origin`, and no page can forge either. A request
//! with a cookie but without both headers is rejected, which is stricter than Go: no browser of the
//! last years sends it. In return forms need no token, and work while a session changes.
//!
//! A browser does not send a bearer token on its own, so requests with one pass; CORS decides which
//! origins may send them.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use domain::{ErrorCode, PublicError};
use url::Url;

use super::{rejection::Rejection, uploads::is_form};
use crate::{
    auth,
    error_format::{API, SERVER_FUNCTIONS, original_path},
    unsubscribe::UNSUBSCRIBE,
};

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const JSON: &str = "application/json";
/// The content type of a form with a picture.
const MULTIPART: &str = "multipart/form-data";
/// The content type of HTML forms and of server functions.
const FORM: &str = "application/x-www-form-urlencoded";

/// Tells requests of this site from those of others. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct CsrfGuard(Arc<Origins>);

#[derive(Debug)]
struct Origins {
    /// The origin of this site, if it is configured.
    own: Option<String>,
    /// Origins that may call the API without cookies.
    cors: Vec<HeaderValue>,
}

impl CsrfGuard {
    pub(crate) fn new(own: Option<String>, cors: Vec<HeaderValue>) -> Self {
        Self(Arc::new(Origins { own, cors }))
    }

    fn check<B>(&self, request: &axum::http::Request<B>) -> Result<(), PublicError> {
        let (headers, path) = (request.headers(), original_path(request));
        if request.method().is_safe() || auth::bearer(headers).is_some() {
            return Ok(());
        }
        // Mail programs send it from anywhere. Its key is the permission: it reads no cookie, and
        // no body.
        if path.starts_with(UNSUBSCRIBE) {
            return Ok(());
        }
        if !self.is_same_site(headers) && !self.is_cors(path, headers) {
            return Err(PublicError::new(
                ErrorCode::CrossSiteRequest,
                "This request came from another site. Open the page here and try again.",
            ));
        }
        if has_accepted_content_type(path, headers) {
            return Ok(());
        }
        Err(PublicError::new(
            ErrorCode::UnsupportedMediaType,
            "The body must be JSON, with Content-Type: application/json, or a form of this site",
        ))
    }

    /// Whether a page of this site made the request, or a client that is no browser.
    fn is_same_site(&self, headers: &HeaderMap) -> bool {
        if let Some(site) = headers.get(SEC_FETCH_SITE) {
            // `none` is the address bar. `same-site` is another host of the domain, which may not
            // be trusted.
            return site == "same-origin" || site == "none";
        }
        match headers.get(header::ORIGIN) {
            Some(origin) => origin.to_str().is_ok_and(|origin| self.is_own(origin, headers)),
            None => !headers.contains_key(header::COOKIE),
        }
    }

    /// Whether the origin is the configured one, or that of the requested host.
    fn is_own(&self, origin: &str, headers: &HeaderMap) -> bool {
        let own = self.0.own.as_deref();
        if own.is_some_and(|own| own.eq_ignore_ascii_case(origin)) {
            return true;
        }
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        // Anyone on the network can forge a page that came without encryption.
        let is_encrypted = own.is_none_or(|own| own.split("://").next() == Some(scheme));
        is_encrypted && host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
    }

    /// Whether it is a call of the API from an allowed origin, without cookies.
    fn is_cors(&self, path: &str, headers: &HeaderMap) -> bool {
        let origin = headers.get(header::ORIGIN);
        path.starts_with(API)
            && !headers.contains_key(header::COOKIE)
            && origin.is_some_and(|origin| self.0.cors.contains(origin))
    }
}

/// Whether the content type is one that this path accepts. Forms of other sites can send text and
/// multipart without a preflight, so those are accepted by the forms with a picture only, and a
/// request to the API with a cookie must send JSON.
fn has_accepted_content_type(path: &str, headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim());
    let is = |wanted: &str| kind.is_none_or(|kind| kind.eq_ignore_ascii_case(wanted));
    if is_form(path) {
        return is(MULTIPART);
    }
    if path.starts_with(SERVER_FUNCTIONS) {
        is(FORM) || is(JSON)
    } else {
        !headers.contains_key(header::COOKIE) || is(JSON)
    }
}

/// Rejects requests that pages of other sites make.
pub(crate) async fn reject_cross_site(
    State(guard): State<CsrfGuard>,
    request: Request,
    next: Next,
) -> Response {
    match guard.check(&request) {
        Ok(()) => next.run(request).await,
        Err(error) => Rejection::of(&request).because(error),
    }
}

/// The origin of a URL: scheme, host and port.
pub(crate) fn origin(site: &str) -> Option<String> {
    let origin = Url::parse(site).ok()?.origin();
    origin.is_tuple().then(|| origin.ascii_serialization())
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, Request};

    use super::*;

    const OWN: &str = "https://compete.example";
    const CORS_ORIGIN: &str = "https://client.example";
    const COOKIE: (&str, &str) = ("cookie", "a=b");

    fn status(path: &str, headers: &[(&str, &str)]) -> u16 {
        let guard = CsrfGuard::new(Some(OWN.into()), vec![HeaderValue::from_static(CORS_ORIGIN)]);
        let mut request = Request::builder().method(Method::POST).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let checked = guard.check(&request.body(()).unwrap());
        checked.err().map_or(200, |error| error.code.status())
    }

    #[test]
    fn sec_fetch_site_decides_before_any_other_header() {
        for (site, expected) in [
            ("same-origin", 200),
            ("none", 200),
            ("same-site", 403),
            ("cross-site", 403),
            ("?", 403),
        ] {
            let headers = [COOKIE, ("sec-fetch-site", site), ("origin", OWN)];
            assert_eq!(status("/fn/log_in", &headers), expected, "{site}");
        }
    }

    #[test]
    fn the_origin_decides_where_sec_fetch_site_is_missing() {
        for (origin, host, expected) in [
            (OWN, "inner:3000", 200),
            ("https://other.name", "other.name", 200),
            ("http://other.name", "other.name", 403),
            ("http://compete.example", "compete.example", 403),
            ("https://compete.example.evil.example", "compete.example", 403),
            ("https://evil.example", "compete.example", 403),
            (CORS_ORIGIN, "compete.example", 403),
            ("null", "compete.example", 403),
        ] {
            let headers = [COOKIE, ("origin", origin), ("host", host)];
            assert_eq!(status("/fn/log_in", &headers), expected, "{origin}");
        }
    }

    #[test]
    fn a_request_without_either_header_is_rejected_if_it_has_a_cookie() {
        assert_eq!(status("/fn/log_in", &[COOKIE]), 403);
        assert_eq!(status("/api/competitions", &[COOKIE]), 403);
        assert_eq!(status("/fn/log_in", &[]), 200);
        assert_eq!(status("/api/auth/login", &[]), 200);
    }

    #[test]
    fn a_bearer_token_is_accepted_from_any_site() {
        let token = ("authorization", "bearer x");
        let site = ("sec-fetch-site", "cross-site");
        assert_eq!(status("/api/competitions", &[token, site]), 200);
        let basic = ("authorization", "Basic x");
        assert_eq!(status("/api/competitions", &[basic, COOKIE, site]), 403, "the cookie counts");
    }

    #[test]
    fn an_allowed_origin_calls_the_api_without_cookies_only() {
        let headers = [("origin", CORS_ORIGIN), ("sec-fetch-site", "cross-site")];
        assert_eq!(status("/api/auth/login", &headers), 200);
        assert_eq!(status("/fn/log_in", &headers), 403);
        assert_eq!(status("/api/auth/login", &[headers[0], headers[1], COOKIE]), 403);
    }

    #[test]
    fn content_types_that_a_form_of_another_site_can_send_are_rejected() {
        let same_origin = ("sec-fetch-site", "same-origin");
        for (path, kind, expected) in [
            ("/fn/x", FORM, 200),
            ("/fn/x", "Application/JSON; charset=utf-8", 200),
            ("/fn/x", "text/plain", 415),
            ("/fn/x", "multipart/form-data; boundary=x", 415),
            ("/api/x", JSON, 200),
            ("/api/x", FORM, 415),
            ("/api/x", "text/plain", 415),
        ] {
            let headers = [COOKIE, same_origin, ("content-type", kind)];
            assert_eq!(status(path, &headers), expected, "{path} {kind}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(origin("https://a.example:8443").as_deref(), Some("https://a.example:8443"));
        assert_eq!(origin("a.example"), None);
    }
}
