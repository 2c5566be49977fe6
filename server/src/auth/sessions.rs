//! Sessions of browsers, and their cookie.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use service::{
    Context,
    sessions::{Cookie, Session, Store},
};
use tower::{ServiceBuilder, ServiceExt};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

use crate::{
    error_format::{API, original_path},
    problem::Problem,
};

/// The name of the cookie over plain HTTP, as in development.
const PLAIN: &str = "mini_compete_session";
/// The name of the cookie over HTTPS. Browsers accept the prefix from this very host only, so other
/// hosts of the domain cannot plant the cookie.
const HOST_ONLY: &str = "__Host-mini_compete_session";

/// Attaches sessions to requests.
#[derive(Clone, Debug)]
pub(crate) struct Sessions {
    ctx: Context,
    is_https: bool,
}

impl Sessions {
    pub(crate) fn new(ctx: Context, is_https: bool) -> Self {
        Self { ctx, is_https }
    }

    fn cookie_name(&self) -> &'static str {
        if self.is_https { HOST_ONLY } else { PLAIN }
    }

    /// The layer of tower-sessions for one request.
    fn layer(&self, store: Store) -> SessionManagerLayer<Store> {
        SessionManagerLayer::new(store)
            .with_name(self.cookie_name())
            .with_same_site(SameSite::Lax)
            .with_secure(self.is_https)
    }

    /// A `Set-Cookie` that removes the cookie of this name. That of tower-sessions lacks `Secure`,
    /// without which browsers ignore it for a name with the prefix.
    fn removal(&self, name: &str) -> HeaderValue {
        let secure = if self.is_https { "; Secure" } else { "" };
        let cookie = format!("{name}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie).expect("a valid header value")
    }
}

/// Adds a [`Session`] to the request, which is loaded lazily, and saves its changes before the
/// response is sent. The API creates no sessions, so a request to it without a cookie gets none.
pub(crate) async fn attach(
    State(sessions): State<Sessions>,
    request: Request,
    next: Next,
) -> Response {
    let is_api = original_path(&request).starts_with(API);
    if is_api && !request.headers().contains_key(header::COOKIE) {
        return next.run(request).await;
    }
    // Another host of the domain could have planted the name without the prefix.
    let is_outdated = sessions.is_https && has_cookie(request.headers(), PLAIN);
    let user_agent = request.headers().get(header::USER_AGENT).and_then(|name| name.to_str().ok());
    let store = Store::new(sessions.ctx.clone(), user_agent.map(str::to_owned));
    let attached = ServiceBuilder::new()
        .layer(sessions.layer(store.clone()))
        .map_request({
            let store = store.clone();
            move |mut request: Request| {
                let session: Option<tower_sessions::Session> = request.extensions().get().cloned();
                let session = session.expect("the layer above gives every request its session");
                request.extensions_mut().insert(Session::new(session, store.clone()));
                request
            }
        })
        .service(next);
    let Ok(mut response) = attached.oneshot(request).await;
    let name = sessions.cookie_name();
    if response.status().is_server_error() {
        // tower-sessions answers a failed save with an empty 500.
        if let Some(error) = store.take_error() {
            return Problem::from(error).into_response();
        }
        remove_set_cookie(response.headers_mut(), name);
        return response;
    }
    let headers = response.headers_mut();
    if store.cookie() != Cookie::Set {
        remove_set_cookie(headers, name);
    }
    if store.cookie() == Cookie::Remove {
        headers.append(header::SET_COOKIE, sessions.removal(name));
    }
    if is_outdated {
        headers.append(header::SET_COOKIE, sessions.removal(PLAIN));
    }
    response
}

/// Whether the request has a cookie of this name.
fn has_cookie(headers: &HeaderMap, name: &str) -> bool {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let mut pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.any(|(found, _)| found.trim() == name)
}

/// Removes the `Set-Cookie` headers of this cookie from a response.
fn remove_set_cookie(headers: &mut HeaderMap, name: &str) {
    let is_other = |value: &HeaderValue| {
        let value = value.to_str().unwrap_or_default();
        value.split_once('=').is_none_or(|(found, _)| found != name)
    };
    let cookies: Vec<_> = headers.get_all(header::SET_COOKIE).iter().cloned().collect();
    headers.remove(header::SET_COOKIE);
    for cookie in cookies.into_iter().filter(is_other) {
        headers.append(header::SET_COOKIE, cookie);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_in_several_headers() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("theme=dark; session=a"));
        headers.append(header::COOKIE, HeaderValue::from_static("xsession=no; other=b=c"));
        for (name, is_there) in [("session", true), ("other", true), ("ession", false)] {
            assert_eq!(has_cookie(&headers, name), is_there, "{name}");
        }
    }

    #[test]
    fn only_the_named_cookie_is_removed_from_a_response() {
        let mut headers = HeaderMap::new();
        for cookie in ["theme=dark; Path=/", "session=a; Path=/", "xsession=b"] {
            headers.append(header::SET_COOKIE, HeaderValue::from_static(cookie));
        }
        remove_set_cookie(&mut headers, "session");
        let left: Vec<_> = headers.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(left, ["theme=dark; Path=/", "xsession=b"]);
    }
}
