//! The state of the application, which handlers extract.

use std::{ops::Deref, sync::Arc};

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use service::Context;
use tokio_util::sync::CancellationToken;

use crate::{ResponseCache, Tokens};

/// The state of the application. A clone is one more reference: axum clones the state several times
/// for each request.
#[derive(Clone, Debug)]
pub struct AppState(Arc<StateParts>);

/// The parts of an [`AppState`].
#[derive(Debug)]
pub struct StateParts {
    /// The argument of every use case.
    pub ctx: Context,
    /// Issues and verifies the API's tokens.
    pub tokens: Arc<Tokens>,
    /// Responses that are the same for every client.
    pub response_cache: ResponseCache,
    /// Cancelled at the signal to stop: the server reports that it is not ready, and keeps serving
    /// until `stop`.
    pub draining: CancellationToken,
    /// Cancelled when the server stops accepting connections, which also ends event streams.
    pub stop: CancellationToken,
    /// For rendering pages.
    pub leptos: LeptosOptions,
}

impl From<StateParts> for AppState {
    fn from(parts: StateParts) -> Self {
        Self(Arc::new(parts))
    }
}

impl Deref for AppState {
    type Target = StateParts;

    fn deref(&self) -> &StateParts {
        &self.0
    }
}

impl FromRef<AppState> for LeptosOptions {
    fn from_ref(state: &AppState) -> Self {
        state.leptos.clone()
    }
}
