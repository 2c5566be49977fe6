//! How a request is refused before anything of the site has seen it: in the form that whoever asked can read.

use axum::{
    Json,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
};
use domain::PublicError;

use super::{API, SERVER_FUNCTIONS};
use crate::{headers::X_REQUEST_ID, problem::Problem};

/// A request to be refused, if it comes to that.
#[derive(Clone, Debug)]
pub(super) struct Refusal {
    kind: Kind,
    request_id: Option<String>,
}

/// Who reads the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// An API client: problem details.
    Client,
    /// Our code in the browser, which called a server function: its error.
    Script,
    /// A person: a page.
    Person,
}

impl Refusal {
    pub(super) fn of(path: &str, headers: &HeaderMap) -> Self {
        let text = |name| headers.get(name).and_then(|value: &HeaderValue| value.to_str().ok());
        let kind = if path.starts_with(API) {
            Kind::Client
        } else if text(header::ACCEPT).is_some_and(|accept| accept.contains("text/html")) {
            Kind::Person
        } else if path.starts_with(SERVER_FUNCTIONS) {
            Kind::Script
        } else {
            Kind::Client
        };
        // A client may have chosen it.
        let is_plain = |id: &&str| {
            id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
        };
        Self { kind, request_id: text(X_REQUEST_ID).filter(is_plain).map(str::to_owned) }
    }

    pub(super) fn because(self, error: PublicError) -> Response {
        let code = error.code;
        let status = StatusCode::from_u16(code.status()).expect("the table has valid statuses");
        let retry_after = error.retry_after();
        let mut response = match self.kind {
            Kind::Client => return Problem::from(error).into_response(),
            Kind::Script => (status, Json(error)).into_response(),
            Kind::Person => {
                let id = self.request_id.as_deref();
                (status, Html(page(status, &error.message, id))).into_response()
            }
        };
        if let Some(seconds) = retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// A page that needs nothing of the site. All that it says is ours.
fn page(status: StatusCode, message: &str, request_id: Option<&str>) -> String {
    let title = status.canonical_reason().unwrap_or("Error");
    let request = request_id.map(|id| format!("<p>Request id: <code>{id}</code></p>\n"));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} – Mini Compete</title>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n<p>{message}</p>\n\
         <p>Go back with your browser to try again, or <a href=\"/\">go to the first page</a>.</p>\n\
         {}</main>\n</body>\n</html>\n",
        request.unwrap_or_default(),
    )
}
