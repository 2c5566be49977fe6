//! Options of `mini-compete healthcheck`.

use std::net::IpAddr;

use clap::Args;

/// Options of `mini-compete healthcheck`.
#[derive(Clone, Copy, Debug, Args)]
pub struct Healthcheck {
    /// Address that the server listens on
    #[arg(long, env = "HOST", default_value = "127.0.0.1")]
    pub host: IpAddr,
    /// Port that the server listens on, or METRICS_PORT of a worker
    #[arg(long, env = "PORT", default_value_t = 3000)]
    pub port: u16,
    /// Seconds to wait for the answer
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=60))]
    pub timeout: u64,
    /// Check that it can serve requests, not only that it is alive
    #[arg(long)]
    pub ready: bool,
    /// Write the report on what requests need as JSON; implies --ready
    #[arg(long)]
    pub json: bool,
}
