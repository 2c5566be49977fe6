//! The state of the application, which handlers extract.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use service::Context;
use tokio_util::sync::CancellationToken;

use crate::{ResponseCache, Tokens};

/// The state of the application. Cheap to clone.
#[derive(Clone, Debug, FromRef)]
pub struct AppState {
    /// What use cases need.
    pub ctx: Context,
    /// Issues and verifies the API's tokens.
    pub tokens: Arc<Tokens>,
    /// Responses that are the same for every client.
    pub response_cache: ResponseCache,
    /// Cancelled at the signal to stop: the server reports that it is not ready, and goes on
    /// serving until `stop`.
    #[from_ref(skip)]
    pub draining: CancellationToken,
    /// Cancelled when the server stops accepting connections, which also ends event streams.
    pub stop: CancellationToken,
    /// For rendering pages.
    pub leptos: LeptosOptions,
}
