//! Rejects a request before the application sees it, in the form that its sender can read.

use axum::{
    http::{HeaderMap, Request, StatusCode},
    response::{Html, IntoResponse, Response},
};
use domain::PublicError;

use crate::{
    error_format::{ErrorFormat, server_function_error, with_retry_after},
    headers::X_REQUEST_ID,
    problem::Problem,
};

/// The parts of a request that its rejection needs: the request itself may be consumed before.
#[derive(Clone, Debug)]
pub(crate) struct Rejection {
    format: ErrorFormat,
    request_id: Option<String>,
}

impl Rejection {
    pub(crate) fn of<B>(request: &Request<B>) -> Self {
        Self {
            format: ErrorFormat::of(request),
            request_id: request_id(request.headers()).map(str::to_owned),
        }
    }

    pub(crate) fn because(self, error: PublicError) -> Response {
        match self.format {
            ErrorFormat::Problem => Problem::from(error).into_response(),
            ErrorFormat::ServerFunction => server_function_error(error),
            ErrorFormat::Page => {
                let status = StatusCode::from_u16(error.code.status());
                let status = status.expect("the table has valid statuses");
                let page = page(status, &error.message, self.request_id.as_deref());
                with_retry_after((status, Html(page)).into_response(), error.retry_after())
            }
        }
    }
}

/// The request id, which `observability` has checked or generated.
fn request_id(headers: &HeaderMap) -> Option<&str> {
    headers.get(X_REQUEST_ID)?.to_str().ok()
}

/// A page without scripts or styles. `message` must be a text of the server.
fn page(status: StatusCode, message: &str, request_id: Option<&str>) -> String {
    let title = status.canonical_reason().unwrap_or("Error");
    let request = request_id.map(|id| format!("<p>Reference: <code>{id}</code></p>\n"));
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <meta name=\"color-scheme\" content=\"light dark\">\n\
         <title>{title} – Mini Compete</title>\n</head>\n<body>\n<main>\n<h1>{title}</h1>\n\
         <p>{message}</p>\n\
         <p>Go back with your browser to try again, or \
         <a href=\"/\">go to the first page</a>.</p>\n\
         {}</main>\n</body>\n</html>\n",
        request.unwrap_or_default(),
    )
}
