//! Pages that all visitors see alike are rendered once for all of them.
//!
//! When registration opens, thousands of visitors reload one page. The pages that they share are in
//! a [`ResponseCache`]: they are rendered again after a change, and after half a second. A request
//! with a cookie or a token is none of a visitor, and has a page of its own.
//!
//! Each response has a nonce of its own (<https://www.w3.org/TR/CSP3/#security-nonces>): that of
//! the shared page is replaced in its policy and its scripts.

use axum::{
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, Method, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use leptos::nonce::Nonce;
use memchr::memmem;
use service::RequestId;
use tracing::{Instrument, Span};

use crate::ResponseCache;

/// The list of competitions.
const LIST: &str = "/competitions";

/// Answers a visitor with a shared page.
pub(crate) async fn share(
    State(cache): State<ResponseCache>,
    request: Request,
    next: Next,
) -> Response {
    if !is_shared(&request) {
        return next.run(request).await;
    }
    let address = request.uri().path_and_query().map(ToString::to_string).unwrap_or_default();
    let (parts, body) = request.into_parts();
    let render = {
        let (next, parts) = (next.clone(), parts.clone());
        let (id, span) = (RequestId::current(), Span::current());
        move || {
            let (next, parts, id) = (next.clone(), parts.clone(), id.clone());
            let rendering = async move {
                let rendering = next.run(Request::from_parts(parts, Body::empty()));
                let mut page = match id {
                    Some(id) => id.scope(rendering).await,
                    None => rendering.await,
                };
                // A visitor without cookies gets none. If one ever did, others must not.
                page.headers_mut().remove(header::SET_COOKIE);
                Ok(page)
            };
            rendering.instrument(span.clone())
        }
    };
    match cache.get_or_render(address, render).await {
        Ok(page) if page.status().is_success() => with_own_nonce(page).await,
        // It names the request that it is about.
        Ok(_) => next.run(Request::from_parts(parts, body)).await,
        Err(problem) => problem.into_response(),
    }
}

fn is_shared(request: &Request) -> bool {
    let headers = request.headers();
    request.method() == Method::GET
        && !headers.contains_key(header::COOKIE)
        && !headers.contains_key(header::AUTHORIZATION)
        && is_public(request.uri().path())
}

/// Whether a path is that of the home page, of the list of competitions or of a competition.
fn is_public(path: &str) -> bool {
    let of_competition = || path.strip_prefix(LIST)?.strip_prefix('/');
    path == "/"
        || path == LIST
        || of_competition().is_some_and(|id| uuid::Uuid::try_parse(id).is_ok())
}

async fn with_own_nonce(page: Response) -> Response {
    let (mut parts, body) = page.into_parts();
    // The body is in memory: reading it does not fail.
    let mut html = to_bytes(body, usize::MAX).await.unwrap_or_default();
    if let Some(shared) = nonce_of(&parts.headers) {
        let own = Nonce::new();
        let policy = &parts.headers[header::CONTENT_SECURITY_POLICY];
        let policy = replace(policy.as_bytes(), shared.as_bytes(), own.as_bytes());
        if let Ok(policy) = HeaderValue::from_maybe_shared(Bytes::from(policy)) {
            html = replace(&html, shared.as_bytes(), own.as_bytes()).into();
            parts.headers.insert(header::CONTENT_SECURITY_POLICY, policy);
        }
    }
    Response::from_parts(parts, Body::from(html))
}

/// The nonce in the policy of a page.
fn nonce_of(headers: &HeaderMap) -> Option<String> {
    let policy = headers.get(header::CONTENT_SECURITY_POLICY)?.to_str().ok()?;
    let (_, rest) = policy.split_once("'nonce-")?;
    let (nonce, _) = rest.split_once('\'')?;
    Some(nonce.to_owned())
}

fn replace(text: &[u8], old: &[u8], new: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut from = 0;
    for at in memmem::find_iter(text, old) {
        replaced.extend_from_slice(&text[from..at]);
        replaced.extend_from_slice(new);
        from = at + old.len();
    }
    replaced.extend_from_slice(&text[from..]);
    replaced
}

#[cfg(test)]
mod tests {
    use axum::{Router, middleware, routing::get};
    use service::testing::World;
    use tower::ServiceExt;

    use super::*;

    fn is_shared(path: &str, headers: &[(&str, &str)]) -> bool {
        let mut request = Request::get(path);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        super::is_shared(&request.body(Body::empty()).unwrap())
    }

    #[test]
    fn only_public_pages_of_visitors_are_shared() {
        let competition = "/competitions/01936f5e-0000-7000-8000-000000000001";
        for path in ["/", "/competitions", "/competitions?search=x", competition] {
            assert!(is_shared(path, &[]), "{path}");
            assert!(!is_shared(path, &[("cookie", "theme=dark")]), "{path}");
            assert!(!is_shared(path, &[("authorization", "Bearer x")]), "{path}");
        }
        let edit = format!("{competition}/edit");
        for path in ["/auth/login", "/competitions/new", "/competitions/", "/dashboard", &edit] {
            assert!(!is_shared(path, &[]), "{path}");
        }
    }

    #[tokio::test]
    async fn a_shared_page_sets_no_cookie() {
        let world = World::new().await;
        let cache = ResponseCache::without_tags(world.ctx.clone());
        let page = || async { ([(header::SET_COOKIE, "session=1")], "page") };
        let layer = middleware::from_fn_with_state(cache, share);
        let router =
            Router::new().route("/", get(page)).route("/auth/login", get(page)).layer(layer);
        for (path, sets_cookie) in [("/", false), ("/auth/login", true)] {
            let request = Request::get(path).body(Body::empty()).unwrap();
            let page = router.clone().oneshot(request).await.unwrap();
            assert_eq!(page.headers().contains_key(header::SET_COOKIE), sets_cookie, "{path}");
        }
    }

    #[test]
    fn every_occurrence_of_the_nonce_is_replaced() {
        let replaced = replace(b"<script nonce=\"ab\">x</script ab>", b"ab", b"xyz");
        assert_eq!(replaced, b"<script nonce=\"xyz\">x</script xyz>");
        assert_eq!(replace(b"none", b"ab", b"xyz"), b"none");
    }
}
