//! An Axum handler that responds with bytes in memory, as its own process.

use std::{env, fs, process::Command};

use tempfile::NamedTempFile;

use crate::{Result, process::Server, stage::Stage};

/// Starts it with `body` as its only response.
pub(crate) fn plain_axum(stage: &Stage, body: &[u8]) -> Result<Server> {
    let file = NamedTempFile::new_in(stage.folder())?;
    fs::write(file.path(), body)?;
    // Cargo builds both programs of this crate into one folder.
    let mut command = Command::new(env::current_exe()?.with_file_name("plain_axum"));
    command.env_clear().arg(file.path());
    Server::start(command, &stage.runtime, "/")
}
