//! Renders errors that no page has handled in the design of the site.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    middleware::Next,
    response::{Html, IntoResponse, Response},
};
use domain::{ErrorCode, PublicError};

use crate::{AppState, error_format::ErrorFormat};

/// Replaces the error response to a browser by a page, also after a panic, a timeout, or the
/// rejection of a form. A response that already is a page stays as it is.
pub(crate) async fn render(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Response {
    if ErrorFormat::of(&request) != ErrorFormat::Page {
        return next.run(request).await;
    }
    let (parts, body) = request.into_parts();
    let response = next.run(Request::from_parts(parts.clone(), body)).await;
    match error_code(response.status()) {
        Some(code) if !is_page(response.headers()) => {
            let error = response.extensions().get::<PublicError>().cloned();
            let error = error.unwrap_or_else(|| PublicError::new(code, "The request was refused."));
            let page = Html(app::failure_page(state.leptos.clone(), parts, error));
            let mut rendered = (response.status(), page).into_response();
            for (name, value) in response.headers() {
                let describes_body = matches!(
                    *name,
                    header::CONTENT_TYPE | header::CONTENT_LENGTH | header::CONTENT_ENCODING
                );
                if !describes_body {
                    rendered.headers_mut().append(name, value.clone());
                }
            }
            rendered
        }
        _ => response,
    }
}

fn is_page(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.starts_with("text/html"))
}

/// The error code for a status; `None` for a success or a redirect.
fn error_code(status: StatusCode) -> Option<ErrorCode> {
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
