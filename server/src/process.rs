//! The start and end of a process: environment, logging, signals.

use std::{io::IsTerminal, path::Path};

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

/// The log filter without `RUST_LOG`. After a COMMIT that met a conflict, the driver's ROLLBACK has
/// no transaction to end, and PostgreSQL sends a notice: `sqlx::postgres::notice` logs errors only.
const DEFAULT_LOG: &str = "info,sqlx=warn,sqlx::postgres::notice=error,sea_orm_migration=warn";

/// Reads the file `.env` of the current folder, if there is one. Variables that are set win.
///
/// # Errors
/// A sentence, when the file cannot be read or parsed.
pub fn load_env_file() -> Result<(), String> {
    if !Path::new(".env").exists() {
        return Ok(());
    }
    dotenvy::from_path(".env").map_err(|error| format!(".env: {error}"))
}

/// The names of the variables in the file `.env` of the current folder.
pub fn variables_of_env_file() -> Vec<String> {
    let variables = dotenvy::from_path_iter(".env");
    variables.into_iter().flatten().flatten().map(|(name, _)| name).collect()
}

/// Starts logging, to standard error.
///
/// # Errors
/// A sentence, when `RUST_LOG` cannot be parsed.
pub fn start_logging() -> Result<(), String> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(text) if !text.trim().is_empty() => text,
        _ => DEFAULT_LOG.to_owned(),
    };
    let filter =
        EnvFilter::builder().parse(&filter).map_err(|error| format!("RUST_LOG: {error}"))?;
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        // Colours in a terminal, plain text in a log file.
        .with_ansi(std::io::stderr().is_terminal())
        .init();
    Ok(())
}

/// A token that is cancelled by SIGTERM or Ctrl-C. A second signal ends the process at once.
///
/// # Errors
/// When the operating system refuses a signal handler.
pub fn stop_signal() -> std::io::Result<CancellationToken> {
    let stop = CancellationToken::new();
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn({
        let stop = stop.clone();
        async move {
            for signals in 0.. {
                tokio::select! {
                    _ = terminate.recv() => {}
                    _ = interrupt.recv() => {}
                }
                if signals > 0 {
                    std::process::exit(130);
                }
                tracing::info!("stopping; another signal stops at once");
                stop.cancel();
            }
        }
    });
    Ok(stop)
}
