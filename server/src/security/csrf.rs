//! Requests that a page of another site makes in the name of who is signed in here.
//!
//! The rule is that of Go's `http.CrossOriginProtection`, which OWASP's cheat sheet on cross-site request forgery names
//! as well ("Fetch Metadata", with `Origin` for browsers that do not send it): browsers say where a request comes from,
//! and no page can make them lie. We are stricter where they say nothing: every browser of the last years says one or the
//! other, so a cookie without either is refused. In return forms need no token, and work while a session changes.
//!
//! A bearer token is not sent by a browser on its own; whoever has one may use it from anywhere that CORS lets them.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
    middleware::Next,
    response::Response,
};
use domain::{ErrorCode, PublicError};

use super::{API, SERVER_FUNCTIONS, path, refusal::Refusal};
use crate::auth;

const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");
const JSON: &str = "application/json";
/// What forms and server functions are sent as.
const FORM: &str = "application/x-www-form-urlencoded";

/// Knows this site from others.
#[derive(Clone, Debug)]
pub(crate) struct Guard(Arc<Sites>);

#[derive(Debug)]
struct Sites {
    /// Our own origin, if it was configured.
    own: Option<String>,
    /// Those that may call the API, without cookies.
    friends: Vec<HeaderValue>,
}

impl Guard {
    pub(crate) fn new(own: Option<String>, friends: Vec<HeaderValue>) -> Self {
        Self(Arc::new(Sites { own, friends }))
    }

    fn check<B>(&self, request: &axum::http::Request<B>) -> Result<(), PublicError> {
        let (headers, path) = (request.headers(), path(request));
        if request.method().is_safe() || auth::bearer(headers).is_some() {
            return Ok(());
        }
        if !self.is_ours(headers) && !self.is_a_friend(path, headers) {
            return Err(PublicError::new(
                ErrorCode::CrossSiteRequest,
                "This request came from another site. Open the page here and try again.",
            ));
        }
        if has_known_content(path, headers) {
            return Ok(());
        }
        Err(PublicError::new(
            ErrorCode::UnsupportedMediaType,
            "The body must be JSON, with Content-Type: application/json, or a form of this site",
        ))
    }

    /// Whether a page of ours made the request, or no browser at all.
    fn is_ours(&self, headers: &HeaderMap) -> bool {
        if let Some(site) = headers.get(SEC_FETCH_SITE) {
            // `none` is the address bar. `same-site` is another host, which may be somebody else's.
            return site == "same-origin" || site == "none";
        }
        match headers.get(header::ORIGIN) {
            Some(origin) => origin.to_str().is_ok_and(|origin| self.is_own(origin, headers)),
            None => !headers.contains_key(header::COOKIE),
        }
    }

    /// Whether the origin is ours: the configured one, or the host that was asked.
    fn is_own(&self, origin: &str, headers: &HeaderMap) -> bool {
        let own = self.0.own.as_deref();
        if own.is_some_and(|own| own.eq_ignore_ascii_case(origin)) {
            return true;
        }
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let Some((scheme, authority)) = origin.split_once("://") else { return false };
        // A page that came without encryption may be anybody's.
        let is_encrypted = own.is_none_or(|own| own.split("://").next() == Some(scheme));
        is_encrypted && host.is_some_and(|host| host.eq_ignore_ascii_case(authority))
    }

    /// Whether it is a site that may call the API, and does so in nobody's name.
    fn is_a_friend(&self, path: &str, headers: &HeaderMap) -> bool {
        let origin = headers.get(header::ORIGIN);
        path.starts_with(API)
            && !headers.contains_key(header::COOKIE)
            && origin.is_some_and(|origin| self.0.friends.contains(origin))
    }
}

/// Whether the body is of a kind that is understood here. Forms of other sites can send text and multipart without
/// asking first, so that nothing of ours may take those; the API takes JSON from whoever has a cookie.
fn has_known_content(path: &str, headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).map(|value| value.to_str().unwrap_or_default());
    let kind = kind.map(|kind| kind.split(';').next().unwrap_or_default().trim());
    let is = |wanted: &str| kind.is_none_or(|kind| kind.eq_ignore_ascii_case(wanted));
    if path.starts_with(SERVER_FUNCTIONS) {
        is(FORM) || is(JSON)
    } else {
        !headers.contains_key(header::COOKIE) || is(JSON)
    }
}

/// Refuses what a page of another site asks for.
pub(crate) async fn refuse_other_sites(
    State(guard): State<Guard>,
    request: Request,
    next: Next,
) -> Response {
    match guard.check(&request) {
        Ok(()) => next.run(request).await,
        Err(error) => Refusal::of(path(&request), request.headers()).because(error),
    }
}

/// The origin of a site's address.
pub(crate) fn origin(site: &str) -> Option<String> {
    let uri: Uri = site.parse().ok()?;
    Some(format!("{}://{}", uri.scheme_str()?, uri.authority()?))
}

#[cfg(test)]
mod tests {
    use axum::http::{Method, Request};

    use super::*;

    const OWN: &str = "https://compete.example";
    const FRIEND: &str = "https://friend.example";
    const COOKIE: (&str, &str) = ("cookie", "a=b");

    fn answer(path: &str, headers: &[(&str, &str)]) -> u16 {
        let guard = Guard::new(Some(OWN.into()), vec![HeaderValue::from_static(FRIEND)]);
        let mut request = Request::builder().method(Method::POST).uri(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let checked = guard.check(&request.body(()).unwrap());
        checked.err().map_or(200, |error| error.code.status())
    }

    #[test]
    fn what_browsers_say_of_a_request_decides() {
        for (site, expected) in [
            ("same-origin", 200),
            ("none", 200),
            ("same-site", 403),
            ("cross-site", 403),
            ("?", 403),
        ] {
            // Whatever else is said.
            let headers = [COOKIE, ("sec-fetch-site", site), ("origin", OWN)];
            assert_eq!(answer("/fn/log_in", &headers), expected, "{site}");
        }
    }

    #[test]
    fn older_browsers_name_the_origin() {
        for (origin, host, expected) in [
            (OWN, "inner:3000", 200),
            ("https://other.name", "other.name", 200),
            ("http://other.name", "other.name", 403),
            ("http://compete.example", "compete.example", 403),
            ("https://compete.example.evil.example", "compete.example", 403),
            ("https://evil.example", "compete.example", 403),
            (FRIEND, "compete.example", 403),
            ("null", "compete.example", 403),
        ] {
            let headers = [COOKIE, ("origin", origin), ("host", host)];
            assert_eq!(answer("/fn/log_in", &headers), expected, "{origin}");
        }
    }

    #[test]
    fn a_cookie_alone_is_not_enough_and_no_cookie_is_no_browser() {
        assert_eq!(answer("/fn/log_in", &[COOKIE]), 403);
        assert_eq!(answer("/api/competitions", &[COOKIE]), 403);
        assert_eq!(answer("/fn/log_in", &[]), 200);
        assert_eq!(answer("/api/auth/login", &[]), 200);
    }

    #[test]
    fn a_token_may_come_from_anywhere() {
        let token = ("authorization", "bearer x");
        let site = ("sec-fetch-site", "cross-site");
        assert_eq!(answer("/api/competitions", &[token, site]), 200);
        let basic = ("authorization", "Basic x");
        assert_eq!(answer("/api/competitions", &[basic, COOKIE, site]), 403, "the cookie counts");
    }

    #[test]
    fn friends_call_the_api_in_nobodys_name() {
        let friend = [("origin", FRIEND), ("sec-fetch-site", "cross-site")];
        assert_eq!(answer("/api/auth/login", &friend), 200);
        assert_eq!(answer("/fn/log_in", &friend), 403);
        assert_eq!(answer("/api/auth/login", &[friend[0], friend[1], COOKIE]), 403);
    }

    #[test]
    fn bodies_that_any_form_can_send_are_refused() {
        let ours = ("sec-fetch-site", "same-origin");
        for (path, kind, expected) in [
            ("/fn/x", FORM, 200),
            ("/fn/x", "Application/JSON; charset=utf-8", 200),
            ("/fn/x", "text/plain", 415),
            ("/fn/x", "multipart/form-data; boundary=x", 415),
            ("/api/x", JSON, 200),
            ("/api/x", FORM, 415),
            ("/api/x", "text/plain", 415),
        ] {
            let headers = [COOKIE, ours, ("content-type", kind)];
            assert_eq!(answer(path, &headers), expected, "{path} {kind}");
        }
    }

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        assert_eq!(origin("https://a.example:8443").as_deref(), Some("https://a.example:8443"));
        assert_eq!(origin("a.example"), None);
    }
}
