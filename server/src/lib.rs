//! Serves Mini Compete: the pages, the REST API under `/api`, sessions and tokens.
//!
//! A REST handler extracts its input, calls the service, and chooses a status. Business rules are
//! in `service`.

mod api;
mod auth;
mod crawlers;
mod cursor_key;
mod data_folder;
#[cfg(test)]
mod documented_limits;
mod entity_tag;
mod error_format;
mod error_pages;
mod graceful_shutdown;
mod headers;
mod is_shared;
mod listen;
mod mail_previews;
mod media;
mod open_files;
mod problem;
mod request_isolation;
mod response_cache;
mod router;
mod security;
mod server_functions;
mod share;
mod shared_responses;
mod site;
mod state;
mod stream_limiter;
mod time_limit;
mod unsubscribe;

pub mod cli;
pub mod commands;
pub mod observability;
pub mod options;
pub mod process;

pub use api::openapi;
pub use auth::{TokenFault, TokenLifetime, Tokens};
pub use listen::serve;
pub use response_cache::ResponseCache;
pub use router::router;
pub use security::{Allowance, HttpLimits, TrustedProxies};
pub use state::{AppState, StateParts};
pub use stream_limiter::StreamLimits;
