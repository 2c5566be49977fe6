//! The session of a browser, from its cookie and back into it.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use service::{
    Context,
    sessions::{CookieChange, Session, SessionId},
};

use crate::problem::Problem;

/// The cookie where the site is reached without encryption, as on one's own machine.
const PLAIN: &str = "mini_compete_session";
/// The cookie where the site is https. Browsers take a cookie whose name begins so from this host alone, and over https:
/// a page of another host of the domain cannot plant one.
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

    /// The id in the cookie. Cookies that never were ids are passed over.
    fn id(&self, headers: &HeaderMap) -> Option<SessionId> {
        cookies(headers, self.cookie_name()).find_map(|value| value.parse().ok())
    }

    fn set(&self, name: &str, value: &str, seconds: u64) -> HeaderValue {
        let secure = if self.is_https { "; Secure" } else { "" };
        let cookie =
            format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
        HeaderValue::from_str(&cookie).expect("a name and hexadecimal digits")
    }

    fn change(&self, cookie: CookieChange) -> Option<HeaderValue> {
        match cookie {
            CookieChange::Keep => None,
            CookieChange::Set(id, life) => {
                Some(self.set(self.cookie_name(), id.as_str(), life.as_secs()))
            }
            CookieChange::Remove => Some(self.set(self.cookie_name(), "", 0)),
        }
    }
}

/// Gives the request its [`Session`], which is read when it is first asked for, and writes what has changed before the
/// answer goes.
pub(crate) async fn attach(
    State(sessions): State<Sessions>,
    mut request: Request,
    next: Next,
) -> Response {
    let session = Session::new(sessions.ctx.clone(), sessions.id(request.headers()));
    // Anybody on a neighbouring host could have planted the name without the prefix.
    let is_outdated = sessions.is_https && cookies(request.headers(), PLAIN).next().is_some();
    request.extensions_mut().insert(session.clone());
    let mut response = next.run(request).await;
    if response.status().is_server_error() {
        return response;
    }
    let change = match session.commit().await {
        Ok(change) => change,
        Err(error) => return Problem::from(error).into_response(),
    };
    let outdated = is_outdated.then(|| sessions.set(PLAIN, "", 0));
    for cookie in sessions.change(change).into_iter().chain(outdated) {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    response
}

/// The values of all cookies of this name.
fn cookies<'a>(headers: &'a HeaderMap, name: &'a str) -> impl Iterator<Item = &'a str> {
    let lines = headers.get_all(header::COOKIE).into_iter().filter_map(|line| line.to_str().ok());
    let pairs = lines.flat_map(|line| line.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.filter(move |(found, _)| found.trim() == name).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_is_found_among_others_and_in_several_headers() {
        let mut headers = HeaderMap::new();
        headers.append(header::COOKIE, HeaderValue::from_static("theme=dark; session=a"));
        headers.append(header::COOKIE, HeaderValue::from_static("xsession=no; session=b=c"));
        assert_eq!(cookies(&headers, "session").collect::<Vec<_>>(), ["a", "b=c"]);
        assert_eq!(cookies(&headers, "other").next(), None);
    }
}
