//! Every defence has tests here that fail without it.

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
mod sessions;
mod silence;
mod xss;

/// What a browser asks for.
const HTML: &str = "text/html";
/// What a form is sent as.
const FORM: &str = "application/x-www-form-urlencoded";
