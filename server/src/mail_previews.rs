//! `/dev/mails`: every mail with example values, while developing.

use std::fmt::Write;

use axum::{
    Router,
    extract::Path,
    http::{HeaderValue, StatusCode, header},
    response::{Html, IntoResponse, Response},
    routing,
};
use service::{MailPreview, mail_previews};

use crate::AppState;

/// Mails have inline styles, and load nothing.
const POLICY: HeaderValue =
    HeaderValue::from_static("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'");

pub(crate) fn router() -> Router<AppState> {
    Router::new()
        .route("/dev/mails", routing::get(list))
        .route("/dev/mails/{name}", routing::get(html))
        .route("/dev/mails/{name}/text", routing::get(text))
}

/// Links to the parts of all mails. Names and subjects are those of the templates and need no
/// escaping.
async fn list() -> Response {
    let mut page = "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\">\
         <meta name=\"color-scheme\" content=\"light dark\"><title>Mails</title>\
         <h1>Mails</h1><ul>"
        .to_owned();
    for MailPreview { name, subject, .. } in mail_previews() {
        let _ = write!(
            page,
            "<li><a href=\"/dev/mails/{name}\">{name}</a> \
             (<a href=\"/dev/mails/{name}/text\">text</a>): {subject}"
        );
    }
    page_of(page + "</ul></html>")
}

async fn html(Path(name): Path<String>) -> Response {
    match preview(&name) {
        Some(preview) => page_of(preview.html),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn text(Path(name): Path<String>) -> Response {
    match preview(&name) {
        Some(MailPreview { subject, text, .. }) => {
            format!("Subject: {subject}\n\n{text}\n").into_response()
        }
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn preview(name: &str) -> Option<MailPreview> {
    mail_previews().into_iter().find(|preview| preview.name == name)
}

fn page_of(html: String) -> Response {
    ([(header::CONTENT_SECURITY_POLICY, POLICY)], Html(html)).into_response()
}
