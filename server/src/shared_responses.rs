//! Responses that are the same for every visitor are rendered and compressed once for all of them.
//!
//! When registration opens, thousands of visitors reload one page. The pages and calls that they
//! share are in a [`ResponseCache`]: they are rendered again after a change, and after half a
//! second. A request with a cookie or a token is none of a visitor, and has a response of its own.
//!
//! This layer is outside of all others, because a response that is ready needs none of them. What
//! they would do for each request is done here: the request gets its id, is counted against the
//! limit of its address and in the metrics, and its head is checked.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{Request, State},
    http::{HeaderName, Method, Version, header, request::Parts},
    middleware::Next,
    response::Response,
};
use domain::CompetitionId;
use futures::future::BoxFuture;
use tokio_util::sync::CancellationToken;

use crate::{
    ResponseCache, TrustedProxies,
    error_format::{API, ErrorFormat},
    is_shared::IsShared,
    observability::Observed,
    problem::Problem,
    security::{Headers, RateLimits, head, rejection::Rejection},
};

/// The list of competitions, as a page and below the API.
const LIST: &str = "competitions";
/// A request with one of these is not shared: its response may be another one.
const PERSONAL: [HeaderName; 6] = [
    header::COOKIE,
    header::AUTHORIZATION,
    // CORS answers it.
    header::ORIGIN,
    header::IF_NONE_MATCH,
    header::CONTENT_LENGTH,
    header::TRANSFER_ENCODING,
];

/// The shared responses, and what answering with them needs.
#[derive(Debug)]
pub(crate) struct SharedResponses {
    pub(crate) cache: ResponseCache,
    pub(crate) proxies: TrustedProxies,
    pub(crate) rate_limits: RateLimits,
    pub(crate) draining: CancellationToken,
    pub(crate) headers: Headers,
}

/// Answers a visitor with a shared response.
pub(crate) async fn share(
    State(shared): State<Arc<SharedResponses>>,
    mut request: Request,
    next: Next,
) -> Response {
    let Some(shown) = shown(&request).filter(|_| !shared.draining.is_cancelled()) else {
        return next.run(request).await;
    };
    let Some(counted) = shared.rate_limits.count_read(shared.proxies.client_of(&request)) else {
        // It is refused further in.
        return next.run(request).await;
    };
    let observed = Observed::begin(&mut request, &shared.proxies);
    let is_api = ErrorFormat::is_api(&request);
    let address = address(&request);
    let mut response = match shared.cache.get(&address) {
        Some(ready) => {
            observed.record_ready(&request, &ready);
            ready
        }
        None => shared.render(address, shown, request, next).await,
    };
    if is_api {
        shared.rate_limits.add_headers(response.headers_mut(), counted);
    }
    observed.end(&mut response);
    response
}

impl SharedResponses {
    /// The response to a request, which all that wait for the same address share.
    async fn render(
        &self,
        address: String,
        shown: Shown,
        mut request: Request,
        next: Next,
    ) -> Response {
        request.extensions_mut().insert(IsShared);
        let (is_api, rejection) = (ErrorFormat::is_api(&request), Rejection::of(&request));
        let competition = match shown {
            Shown::Competitions => None,
            Shown::Competition(id) => Some(id),
        };
        let (parts, body) = request.into_parts();
        match self.cache.get_or_render(address, competition, renderer(&parts, &next)).await {
            Ok(response) if response.status().is_success() || is_api => response,
            // An error page names the request that it is about.
            Ok(_) => next.run(Request::from_parts(parts, body)).await,
            Err(problem) => {
                let mut response = rejection.because(problem.into());
                self.headers.complete_refusal(response.headers_mut());
                response
            }
        }
    }
}

/// Renders the response to a request for all that wait for it.
fn renderer(
    parts: &Parts,
    next: &Next,
) -> impl Fn() -> BoxFuture<'static, Result<Response, Problem>> + use<> {
    let (next, parts) = (next.clone(), parts.clone());
    move || {
        let rendering = next.clone().run(Request::from_parts(parts.clone(), Body::empty()));
        Box::pin(async move {
            let mut response = rendering.await;
            // A visitor without cookies gets none. If one ever did, others must not.
            response.headers_mut().remove(header::SET_COOKIE);
            Ok(response)
        })
    }
}

/// What a shared response shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Competitions,
    Competition(CompetitionId),
}

/// What the response to a request shows, if it is shared.
fn shown(request: &Request) -> Option<Shown> {
    let headers = request.headers();
    let is_shared = request.method() == Method::GET
        && request.version() >= Version::HTTP_11
        && !PERSONAL.iter().any(|name| headers.contains_key(name))
        && headers.get_all(header::ACCEPT_ENCODING).iter().nth(1).is_none()
        && head::is_plain(request);
    public(request.uri().path()).filter(|_| is_shared)
}

/// What the home page, the list of competitions or a competition shows, as a page or below the API.
fn public(path: &str) -> Option<Shown> {
    if path == "/" {
        return Some(Shown::Competitions);
    }
    let path = path.strip_prefix(API).or_else(|| path.strip_prefix('/'))?;
    match path.strip_prefix(LIST)? {
        "" => Some(Shown::Competitions),
        rest => Some(Shown::Competition(rest.strip_prefix('/')?.parse().ok()?)),
    }
}

/// What a shared response depends on: the target of its request and the codings it may have.
fn address(request: &Request) -> String {
    let target = request.uri().path_and_query().map_or("", |target| target.as_str());
    let codings = request.headers().get(header::ACCEPT_ENCODING);
    let codings = codings.and_then(|codings| codings.to_str().ok()).unwrap_or_default();
    // No target has a space in it.
    [target, " ", codings].concat()
}

#[cfg(test)]
mod tests {
    use axum::{Router, http::StatusCode, middleware, routing::get};
    use service::testing::World;
    use tower::ServiceExt;

    use super::*;

    const COMPETITION: &str = "/competitions/01936f5e-0000-7000-8000-000000000001";

    fn request(path: &str, headers: &[(&str, &str)]) -> Request {
        let mut request = Request::get(path).header("host", "localhost");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::empty()).unwrap()
    }

    fn is_shared(path: &str, headers: &[(&str, &str)]) -> bool {
        shown(&request(path, headers)).is_some()
    }

    #[test]
    fn only_public_responses_to_visitors_are_shared() {
        let in_api = format!("/api{COMPETITION}");
        let api = ["/api/competitions", "/api/competitions?page=2", &in_api];
        for path in ["/", "/competitions", "/competitions?search=x", COMPETITION].iter().chain(&api)
        {
            assert!(is_shared(path, &[("accept-encoding", "gzip")]), "{path}");
            for name in PERSONAL {
                assert!(!is_shared(path, &[(name.as_str(), "x")]), "{path} with {name}");
            }
        }
        for rest in ["/edit", "/events", "/registrations"] {
            assert!(!is_shared(&format!("{COMPETITION}{rest}"), &[]), "{rest}");
            assert!(!is_shared(&format!("/api{COMPETITION}{rest}"), &[]), "{rest}");
        }
        let others = ["/auth/login", "/competitions/new", "/competitions/", "/dashboard"];
        let of_api = ["/api/", "/api/competitionsx", "/api/competitions/my-competitions"];
        for path in others.into_iter().chain(of_api) {
            assert!(!is_shared(path, &[]), "{path}");
        }
    }

    #[test]
    fn a_request_that_is_refused_or_changed_further_in_is_not_shared() {
        for (name, value) in [("host", "other"), ("accept-encoding", "br")] {
            assert!(!is_shared("/", &[(name, value), (name, value)]), "two headers {name}");
        }
        let mut old = request("/", &[]);
        *old.version_mut() = Version::HTTP_10;
        assert!(shown(&old).is_none());
        let mut head = request("/", &[]);
        *head.method_mut() = Method::HEAD;
        assert!(shown(&head).is_none());
        assert!(!is_shared("http://localhost/", &[]));
        assert!(!is_shared("/", &[("x-large", &"x".repeat(head::MAX_HEADERS))]));
    }

    /// A router of which visitors share the responses.
    async fn sharing(router: Router) -> Router {
        let world = World::new().await;
        let shared = Arc::new(SharedResponses {
            cache: ResponseCache::without_tags(world.ctx.clone()),
            proxies: TrustedProxies::default(),
            rate_limits: RateLimits::off(),
            draining: CancellationToken::new(),
            headers: Headers { is_https: false },
        });
        router.layer(middleware::from_fn_with_state(shared, share))
    }

    #[tokio::test]
    async fn a_rendering_that_panics_is_refused_with_the_headers_of_any_response() {
        async fn panics() -> StatusCode {
            panic!("the test asks for a panic")
        }
        let router = sharing(Router::new().route("/", get(panics))).await;
        let refusal = router.oneshot(request("/", &[("accept", "text/html")])).await.unwrap();
        assert_eq!(refusal.status(), StatusCode::INTERNAL_SERVER_ERROR);
        for name in ["content-security-policy", "cache-control", "x-frame-options", "x-request-id"]
        {
            assert!(refusal.headers().contains_key(name), "{name}");
        }
    }

    #[tokio::test]
    async fn a_shared_page_sets_no_cookie() {
        let page = || async { ([(header::SET_COOKIE, "session=1")], "page") };
        let router = Router::new().route("/", get(page)).route("/auth/login", get(page));
        let router = sharing(router).await;
        for (path, sets_cookie) in [("/", false), ("/auth/login", true)] {
            let page = router.clone().oneshot(request(path, &[])).await.unwrap();
            assert_eq!(page.headers().contains_key(header::SET_COOKIE), sets_cookie, "{path}");
        }
    }
}
