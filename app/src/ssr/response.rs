//! The status and the headers of the response.

use domain::{ErrorCode, PublicError};
use http::{
    HeaderValue, StatusCode,
    header::{LOCATION, REFERRER_POLICY, RETRY_AFTER, SET_COOKIE},
};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::request::{RequestKind, kind};
use crate::SiteUrl;

/// Sets the status of an error.
pub(crate) fn set_status(code: ErrorCode) {
    let status = StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    if let Some(response) = use_context::<ResponseOptions>() {
        response.set_status(status);
        if let Some(seconds) = code.retry_after() {
            response.insert_header(RETRY_AFTER, seconds.into());
        }
    }
}

/// Sets the status of an error for our code in the browser only: a form posted without JavaScript
/// is redirected, and a page sets its own status.
pub(crate) fn set_fetch_status(error: &PublicError) {
    if kind() == RequestKind::Fetch {
        set_status(error.code);
        if let (Some(response), Some(seconds)) = (use_context::<ResponseOptions>(), error.wait) {
            response.insert_header(RETRY_AFTER, seconds.into());
        }
    }
}

/// Keeps the address of this page, which holds a secret, out of the `Referer` header.
pub(crate) fn no_referrer() {
    if let Some(response) = use_context::<ResponseOptions>() {
        response.insert_header(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    }
}

/// Redirects a page load. `leptos_axum::redirect` would do so only for clients that accept HTML.
pub(crate) fn redirect_page(path: &str) {
    let location = HeaderValue::from_str(path);
    if let (Some(response), Ok(location)) = (use_context::<ResponseOptions>(), location) {
        response.insert_header(LOCATION, location);
        response.set_status(StatusCode::FOUND);
    }
}

/// Redirects a form posted without JavaScript; with it, the page stays.
pub(crate) fn redirect_form(path: &str) {
    if kind() == RequestKind::Form {
        leptos_axum::redirect(path);
    }
}

/// Sets a cookie that scripts cannot read, for so many seconds; 0 deletes it.
pub(crate) fn set_cookie(name: &str, value: &str, seconds: u32) {
    let is_https = use_context::<SiteUrl>().is_some_and(|url| url.is_https());
    let secure = if is_https { "; Secure" } else { "" };
    let cookie =
        format!("{name}={value}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Lax{secure}");
    if let (Some(response), Ok(cookie)) =
        (use_context::<ResponseOptions>(), HeaderValue::from_str(&cookie))
    {
        response.append_header(SET_COOKIE, cookie);
    }
}
