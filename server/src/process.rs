//! The start and end of a process: environment, signals.

use std::path::Path;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

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
