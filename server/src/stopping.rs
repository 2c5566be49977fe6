//! A server that was told to stop takes leave of its clients while it still answers them.

use axum::{
    extract::{Request, State},
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use tokio_util::sync::CancellationToken;

/// Ends each connection with its next response: a balancer does not send another request over a
/// connection that is about to be closed.
pub(crate) async fn close_connections(
    State(stopping): State<CancellationToken>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    if stopping.is_cancelled() {
        response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
    }
    response
}
