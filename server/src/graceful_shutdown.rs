//! Closes client connections while the server drains.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tokio_util::sync::CancellationToken;

/// Sends `Connection: close` with every response once `draining` is cancelled, so that a load
/// balancer opens its next connection to another server.
pub(crate) async fn close_connections(
    State(draining): State<CancellationToken>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if draining.is_cancelled() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
