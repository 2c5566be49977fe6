//! What handlers need.

use std::sync::Arc;

use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use service::Context;

use crate::Tokens;

/// What handlers need. Cheap to clone.
#[derive(Clone, Debug, FromRef)]
pub struct AppState {
    /// For use cases.
    pub ctx: Context,
    /// Makes and reads the API's tokens.
    pub tokens: Arc<Tokens>,
    /// For rendering pages.
    pub leptos: LeptosOptions,
}
