//! The form of an error response, by who reads it.

use axum::{
    Json,
    extract::OriginalUri,
    http::{HeaderMap, Request, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::PublicError;

/// Below this path is the REST API.
pub(crate) const API: &str = "/api/";
/// Below this path are the server functions of the pages.
pub(crate) const SERVER_FUNCTIONS: &str = "/fn/";

/// The form of an error response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ErrorFormat {
    /// RFC 9457 problem details, for an API client.
    Problem,
    /// The error of a server function, for the site's own JavaScript.
    ServerFunction,
    /// A page, for a browser that loads one or posts a form.
    Page,
}

impl ErrorFormat {
    /// Whether the request is one to the REST API.
    pub(crate) fn is_api<B>(request: &Request<B>) -> bool {
        original_path(request).starts_with(API)
    }

    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        let path = original_path(request);
        if Self::is_api(request) {
            Self::Problem
        } else if accepts_html(request.headers()) {
            Self::Page
        } else if path.starts_with(SERVER_FUNCTIONS) {
            Self::ServerFunction
        } else {
            Self::Problem
        }
    }
}

/// An error in the form that the generated client of a server function reads.
pub(crate) fn server_function_error(error: PublicError) -> Response {
    let status = StatusCode::from_u16(error.code.status()).expect("the table has valid statuses");
    let retry_after = error.retry_after();
    with_retry_after((status, Json(error)).into_response(), retry_after)
}

/// Adds `Retry-After` in seconds, if there is any.
pub(crate) fn with_retry_after(mut response: Response, seconds: Option<u32>) -> Response {
    if let Some(seconds) = seconds {
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
    }
    response
}

/// The path of the request before the router stripped the prefix of a nested router from it.
pub(crate) fn original_path<B>(request: &Request<B>) -> &str {
    match request.extensions().get::<OriginalUri>() {
        Some(OriginalUri(uri)) => uri.path(),
        None => request.uri().path(),
    }
}

fn accepts_html(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_path_and_the_accept_header_decide_the_format() {
        for (path, accept, expected) in [
            ("/api/competitions", "text/html", ErrorFormat::Problem),
            ("/api/competitions", "application/json", ErrorFormat::Problem),
            ("/fn/register", "text/html", ErrorFormat::Page),
            ("/fn/register", "application/json", ErrorFormat::ServerFunction),
            ("/competitions", "text/html,*/*", ErrorFormat::Page),
            ("/competitions", "*/*", ErrorFormat::Problem),
        ] {
            let request = Request::builder().uri(path).header(header::ACCEPT, accept);
            assert_eq!(ErrorFormat::of(&request.body(()).unwrap()), expected, "{path} {accept}");
        }
    }
}
