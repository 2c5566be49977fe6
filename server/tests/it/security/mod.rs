//! Tests of the defences. Each fails without its defence.

mod access;
mod body;
mod bounds;
mod connections;
mod csrf;
mod hang_ups;
mod headers;
mod inputs;
mod isolation;
mod markup;
mod odd_requests;
mod rate_limits;
mod room;
mod routes;
mod row;
mod sessions;
mod silence;
mod xss;

/// The `Accept` header of a browser.
const HTML: &str = "text/html";
/// The content type of a form.
const FORM: &str = "application/x-www-form-urlencoded";
