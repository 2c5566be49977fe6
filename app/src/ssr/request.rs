//! What a server function or a page knows about the request it serves.

use domain::{CompetitionId, ErrorCode, PublicError};
use http::{
    header::{ACCEPT, COOKIE},
    request::Parts,
};
use leptos::prelude::use_context;
use service::{Actor, ClientAddress, Context, sessions::Session};

/// Where every server function has its address; the REST API owns `/api`.
const SERVER_FUNCTIONS: &str = "/fn/";

/// What asked, for that decides how it must be answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// The browser loads a page.
    Page,
    /// Our code in the browser calls a server function and reads the answer.
    Fetch,
    /// The browser posts a form without our code, and follows a redirect.
    Form,
}

/// The use cases.
///
/// # Errors
/// Like everything here that fails: [`provided`] nothing any more.
pub(crate) fn context() -> Result<Context, PublicError> {
    provided()
}

/// Who asks.
pub(crate) fn actor() -> Result<Actor, PublicError> {
    Ok(provided::<Parts>()?.extensions.get().cloned().unwrap_or_default())
}

/// Where they ask from.
pub(crate) fn client_address() -> Result<ClientAddress, PublicError> {
    Ok(provided::<Parts>()?.extensions.get().copied().unwrap_or(ClientAddress::UNKNOWN))
}

/// The competition that an address names. One that is no UUID names nothing.
pub(crate) fn competition(id: &str) -> Result<CompetitionId, PublicError> {
    let not_found = |_| PublicError::new(ErrorCode::CompetitionNotFound, "Competition not found");
    id.parse().map_err(not_found)
}

/// Their browser's session.
pub(crate) fn session() -> Result<Session, PublicError> {
    let parts = provided::<Parts>()?;
    Ok(parts
        .extensions
        .get()
        .cloned()
        .expect("the session layer wraps every page and server function"))
}

/// What the server has provided for this request. When a client hangs up while its page is made, the page's owner goes
/// and takes all of it along, while what the page waits for may go on.
///
/// # Errors
/// When nobody waits for the answer any more.
fn provided<T: Clone + 'static>() -> Result<T, PublicError> {
    use_context().ok_or_else(|| PublicError::new(ErrorCode::Internal, "The client is gone"))
}

/// Its name in the log, for whoever asks us about it. Clients may choose one, so it is cut.
pub(crate) fn id() -> Option<String> {
    /// A UUID and some room.
    const LONGEST: usize = 64;
    let parts = use_context::<Parts>()?;
    let id = parts.headers.get("x-request-id")?.to_str().ok()?;
    Some(id.chars().take(LONGEST).collect())
}

/// The value of a cookie of the request.
pub(crate) fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let all = parts.headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|all| all.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim().to_owned())
}

/// What asked.
pub(crate) fn kind() -> Kind {
    use_context::<Parts>().map_or(Kind::Page, |parts| kind_of(&parts))
}

fn kind_of(parts: &Parts) -> Kind {
    let accept = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    if !parts.uri.path().starts_with(SERVER_FUNCTIONS) {
        Kind::Page
    } else if accept.is_some_and(|accept| accept.contains("text/html")) {
        Kind::Form
    } else {
        Kind::Fetch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of_request(path: &str, accept: &str) -> Kind {
        let request = http::Request::get(path).header(ACCEPT, accept).body(()).unwrap();
        kind_of(&request.into_parts().0)
    }

    #[test]
    fn nothing_is_known_of_a_client_that_is_gone_and_nothing_panics() {
        assert!(context().is_err() && actor().is_err() && session().is_err());
        assert_eq!((id(), cookie("theme")), (None, None));
    }

    #[test]
    fn a_form_is_told_from_a_fetch_by_what_it_accepts() {
        assert_eq!(kind_of_request("/fn/log_in", "text/html,*/*"), Kind::Form);
        assert_eq!(kind_of_request("/fn/log_in", "application/json"), Kind::Fetch);
        assert_eq!(kind_of_request("/", "*/*"), Kind::Page);
    }
}
