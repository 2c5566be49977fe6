//! Options of logs and metrics.

use std::net::{IpAddr, SocketAddr};

use clap::Args;

use super::{AppEnv, Optional};
use crate::observability::LogFormat;

/// The shortest token, in characters.
const MIN_TOKEN: usize = 16;

/// Options of logs and metrics. The variables of OpenTelemetry, which turn traces on, are read by
/// its SDK.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Observability")]
pub struct ObservabilityOptions {
    /// Form of log lines [default: json in production, else text]
    #[arg(long, env = "LOG_FORMAT", value_enum, global = true)]
    pub log_format: Option<LogFormat>,

    /// Port for /metrics and /health of this process, also of a worker; 0 for any free port
    /// [default: none]
    #[arg(long, env = "METRICS_PORT", global = true)]
    pub metrics_port: Option<u16>,

    /// Address to listen on for METRICS_PORT; 0.0.0.0 for every interface
    #[arg(long, env = "METRICS_ADDR", default_value = "127.0.0.1", global = true)]
    pub metrics_addr: IpAddr,

    /// Serve /metrics on the port of the site too, to requests with this bearer token: at least 16
    /// characters
    #[arg(long, env = "METRICS_TOKEN", hide_env_values = true, value_parser = token,
          default_value = "", hide_default_value = true, global = true)]
    pub metrics_token: Optional,
}

impl ObservabilityOptions {
    /// The form of log lines in this environment.
    pub fn log_format(&self, env: AppEnv) -> LogFormat {
        self.log_format.unwrap_or(match env {
            AppEnv::Production => LogFormat::Json,
            AppEnv::Development => LogFormat::Text,
        })
    }

    /// Where metrics have a port of their own.
    pub(crate) fn metrics_address(&self) -> Option<SocketAddr> {
        Some(SocketAddr::new(self.metrics_addr, self.metrics_port?))
    }
}

fn token(text: &str) -> Result<Optional, String> {
    Optional::parse(text, |token| {
        if token.chars().count() < MIN_TOKEN {
            return Err(format!("it must have at least {MIN_TOKEN} characters"));
        }
        Ok(token.to_owned())
    })
}
