//! Serves Mini Compete: the pages, the REST API under `/api`, sessions and tokens.
//!
//! A REST handler is: extract, call the service, status. No rule lives here.

mod api;
mod auth;
mod data_folder;
mod failures;
mod headers;
mod isolation;
mod listen;
mod open_files;
mod options;
mod problem;
mod router;
mod security;
mod server_functions;
mod shared_reads;
mod site;
mod state;
mod stopping;
mod stream_limiter;
mod time_limit;
mod traffic;

pub mod cli;
pub mod commands;

pub use api::openapi;
pub use auth::{TokenFault, TokenLifetime, Tokens};
pub use listen::serve;
pub use router::router;
pub use security::{Limits, TrustedProxies};
pub use shared_reads::SharedReads;
pub use state::AppState;
pub use stream_limiter::StreamLimits;
pub use traffic::{Allowance, TrafficOptions};
