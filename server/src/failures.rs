//! Failures that no page answers for, in the look of the pages.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use domain::{ErrorCode, PublicError};
use leptos::config::LeptosOptions;

/// Where clients are programs, whatever they say they accept.
const API: &str = "/api";

/// A browser that was to show a page shows one also when no page could be made: after a panic, when time ran out, when
/// a form was refused before anybody read it. What is a page already stays as it is.
pub(crate) async fn as_pages(
    State(options): State<LeptosOptions>,
    request: Request,
    next: Next,
) -> Response {
    if !wants_page(&request) {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    match code(response.status()) {
        Some(code) if !is_page(response.headers()) => {
            let known = response.extensions().get::<PublicError>().cloned();
            let error = known.unwrap_or_else(|| PublicError::new(code, "The request was refused."));
            let page = Html(app::failure_page(options, parts, error));
            let mut answer = (response.status(), page).into_response();
            for (name, value) in response.headers() {
                let is_about_body = matches!(
                    *name,
                    header::CONTENT_TYPE | header::CONTENT_LENGTH | header::CONTENT_ENCODING
                );
                if !is_about_body {
                    answer.headers_mut().append(name, value.clone());
                }
            }
            answer
        }
        _ => response,
    }
}

fn wants_page(request: &Request) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let is_api = request.uri().path().starts_with(API);
    !is_api && accept.is_some_and(|accept| accept.contains("text/html"))
}

fn is_page(headers: &HeaderMap) -> bool {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/html"))
}

/// What there is to say about a status; nothing about one that is no failure.
fn code(status: StatusCode) -> Option<ErrorCode> {
    Some(match status {
        StatusCode::UNAUTHORIZED => ErrorCode::Unauthorized,
        StatusCode::FORBIDDEN => ErrorCode::Forbidden,
        StatusCode::NOT_FOUND => ErrorCode::RouteNotFound,
        StatusCode::METHOD_NOT_ALLOWED => ErrorCode::MethodNotAllowed,
        StatusCode::PAYLOAD_TOO_LARGE => ErrorCode::PayloadTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => ErrorCode::UnsupportedMediaType,
        StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE => ErrorCode::Overloaded,
        status if status.is_client_error() => ErrorCode::MalformedBody,
        status if status.is_server_error() => ErrorCode::Internal,
        _ => return None,
    })
}
