//! What handlers need.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use service::Context;
use tokio_util::sync::CancellationToken;

use crate::{SharedReads, Tokens};

/// What handlers need. Cheap to clone.
#[derive(Clone, Debug, FromRef)]
pub struct AppState {
    /// For use cases.
    pub ctx: Context,
    /// Makes and reads the API's tokens.
    pub tokens: Arc<Tokens>,
    /// The answers that are the same for everybody.
    pub reads: SharedReads,
    /// Cancelled when the server was told to stop: it is not ready any more, and goes on for a
    /// while.
    #[from_ref(skip)]
    pub stopping: CancellationToken,
    /// Cancelled when the server stops: what would go on for ever ends then.
    pub stop: CancellationToken,
    /// For rendering pages.
    pub leptos: LeptosOptions,
}
