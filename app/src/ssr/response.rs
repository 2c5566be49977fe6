//! The status and the headers of the answer under way.

use domain::ErrorCode;
use http::{
    HeaderValue, StatusCode,
    header::{LOCATION, REFERRER_POLICY},
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::request::{Kind, kind};

/// Answers with this code's status.
pub(crate) fn set_status(code: ErrorCode) {
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
        if let Some(seconds) = code.retry_after() {
            response.insert_header(http::header::RETRY_AFTER, seconds.into());
        }
    }
}

/// The same, only for code that reads the answer: a form posted without JavaScript is redirected, and a
/// page sets its own status.
pub(crate) fn set_fetch_status(code: ErrorCode) {
    if kind() == Kind::Fetch {
        set_status(code);
    }
}

/// Keeps the address of this page, which holds a secret, from being told to whatever it leads to.
pub(crate) fn no_referrer() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
}

/// Sends a browser that loads a page elsewhere. `leptos_axum::redirect` would do so only for clients that
/// say they accept HTML.
pub(crate) fn redirect_page(path: &str) {
    let location = HeaderValue::from_str(path);
    if let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), location) {
        response.insert_header(LOCATION, location);
        response.set_status(StatusCode::FOUND);
    }
}

/// Sends a browser that posted a form without JavaScript on to `path`; with it, the page stays.
pub(crate) fn redirect_form(path: &str) {
    if kind() == Kind::Form {
        leptos_axum::redirect(path);
    }
}
