//! Options of `mini-compete doctor`.

use clap::Args;

use crate::options::{ServerOptions, WorkerOptions};

/// Options of `mini-compete doctor`.
#[derive(Debug, Args)]
pub struct Doctor {
    /// Send a message to this address
    #[arg(long, value_name = "ADDRESS")]
    pub send_test_mail: Option<String>,
    /// Write JSON
    #[arg(long)]
    pub json: bool,
    /// Options of the web server.
    #[command(flatten)]
    pub server: ServerOptions,
    /// Options of the worker.
    #[command(flatten)]
    pub worker: WorkerOptions,
}
