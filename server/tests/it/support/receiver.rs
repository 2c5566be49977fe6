//! A receiver of webhooks.

use axum::{Router, http::StatusCode, routing};
use tokio::{net::TcpListener, task::AbortHandle};

/// Answers every request with one status.
pub(crate) struct Receiver {
    pub(crate) url: String,
    task: AbortHandle,
}

impl Receiver {
    pub(crate) async fn answering(status: StatusCode) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let url = format!("http://{}/", listener.local_addr().expect("an address"));
        let routes = Router::new().route("/", routing::post(move || async move { status }));
        let task = tokio::spawn(async move { axum::serve(listener, routes).await });
        Self { url, task: task.abort_handle() }
    }

    /// Permits requests to it.
    pub(crate) const VARIABLE: (&str, &str) = ("WEBHOOK_ALLOWED_NETWORKS", "127.0.0.1/32");
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.task.abort();
    }
}
