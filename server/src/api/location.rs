//! The `Location` of what a request has created.

use std::fmt::Display;

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};

/// 201 with the path of the new resource. `id` is one that this server has made.
pub(super) fn created(folder: &str, id: impl Display, body: impl IntoResponse) -> Response {
    let location = HeaderValue::try_from(format!("{folder}{id}")).expect("a path and an id");
    (StatusCode::CREATED, [(header::LOCATION, location)], body).into_response()
}
