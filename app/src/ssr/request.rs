//! The request that a server function or a page serves.

use domain::{CompetitionId, ErrorCode, PublicError, RegistrationId};
use http::{
    header::{ACCEPT, COOKIE, REFERER},
    request::Parts,
};
use leptos::prelude::use_context;
use service::{Actor, ClientAddress, Context, sessions::Session};

/// The prefix of all server functions.
const SERVER_FUNCTIONS: &str = "/fn/";

/// The sender of a request, which decides the form of the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RequestKind {
    /// The browser loads a page.
    Page,
    /// Our code in the browser calls a server function and reads the response.
    Fetch,
    /// The browser posts a form without our code, and follows a redirect.
    Form,
}

/// The context of the use cases.
///
/// # Errors
/// When the client has gone, as for all functions here.
pub(crate) fn context() -> Result<Context, PublicError> {
    provided()
}

/// The user of the request.
pub(crate) fn actor() -> Result<Actor, PublicError> {
    Ok(provided::<Parts>()?.extensions.get().cloned().unwrap_or_default())
}

/// The address of the client.
pub(crate) fn client_address() -> Result<ClientAddress, PublicError> {
    Ok(provided::<Parts>()?.extensions.get().copied().unwrap_or(ClientAddress::UNKNOWN))
}

/// The competition id in an address.
///
/// # Errors
/// [`ErrorCode::CompetitionNotFound`] when the text is no UUID.
pub(crate) fn parse_competition_id(id: &str) -> Result<CompetitionId, PublicError> {
    id.parse().map_err(|_| PublicError::competition_not_found())
}

/// The id of a registration in an address.
pub(crate) fn parse_registration_id(id: &str) -> Result<RegistrationId, PublicError> {
    id.parse().map_err(|_| PublicError::registration_not_found())
}

/// The session of the browser.
pub(crate) fn session() -> Result<Session, PublicError> {
    let parts = provided::<Parts>()?;
    Ok(parts
        .extensions
        .get()
        .cloned()
        .expect("the session layer wraps every page and server function"))
}

/// A value that the server has provided for this request. When a client disconnects while its page
/// is rendered, the reactive owner of the page is dropped with all values, while futures may still
/// run.
///
/// # Errors
/// When the client has gone.
fn provided<T: Clone + 'static>() -> Result<T, PublicError> {
    use_context().ok_or_else(|| PublicError::new(ErrorCode::Internal, "The client is gone"))
}

/// The id of the request in the log.
pub(crate) fn id() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let id = parts.headers.get("x-request-id")?.to_str().ok()?;
    Some(id.to_owned())
}

/// The value of a cookie of the request.
pub(crate) fn cookie(name: &str) -> Option<String> {
    let parts = use_context::<Parts>()?;
    let all = parts.headers.get_all(COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = all.flat_map(|all| all.split(';')).filter_map(|pair| pair.split_once('='));
    pairs.find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim().to_owned())
}

/// The path of the page that a form was posted from, if the browser says it.
pub(crate) fn posted_from() -> Option<String> {
    let parts = use_context::<Parts>()?;
    let (_, rest) = parts.headers.get(REFERER)?.to_str().ok()?.split_once("://")?;
    let (_, path) = rest.split_once('/')?;
    Some(format!("/{path}"))
}

/// The kind of the request.
pub(crate) fn kind() -> RequestKind {
    use_context::<Parts>().map_or(RequestKind::Page, |parts| kind_of(&parts))
}

fn kind_of(parts: &Parts) -> RequestKind {
    let accept = parts.headers.get(ACCEPT).and_then(|value| value.to_str().ok());
    if !parts.uri.path().starts_with(SERVER_FUNCTIONS) {
        RequestKind::Page
    } else if accept.is_some_and(|accept| accept.contains("text/html")) {
        RequestKind::Form
    } else {
        RequestKind::Fetch
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind_of_request(path: &str, accept: &str) -> RequestKind {
        let request = http::Request::get(path).header(ACCEPT, accept).body(()).unwrap();
        kind_of(&request.into_parts().0)
    }

    #[test]
    fn nothing_panics_after_the_client_has_gone() {
        assert!(context().is_err() && actor().is_err() && session().is_err());
        assert_eq!((id(), cookie("theme")), (None, None));
    }

    #[test]
    fn the_accept_header_tells_a_form_from_a_fetch() {
        assert_eq!(kind_of_request("/fn/log_in", "text/html,*/*"), RequestKind::Form);
        assert_eq!(kind_of_request("/fn/log_in", "application/json"), RequestKind::Fetch);
        assert_eq!(kind_of_request("/", "*/*"), RequestKind::Page);
    }
}
