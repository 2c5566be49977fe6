//! An Axum handler that answers with bytes it has, in a process of its own.

use std::{env, fs, process::Command};

use tempfile::NamedTempFile;

use crate::{Result, process::Server, stage::Stage};

/// Starts it, to answer with `body` and nothing else.
pub(crate) fn plain_axum(stage: &Stage, body: &[u8]) -> Result<Server> {
    let file = NamedTempFile::new_in(stage.folder())?;
    fs::write(file.path(), body)?;
    // Cargo puts the two programs of this crate beside each other.
    let mut command = Command::new(env::current_exe()?.with_file_name("plain_axum"));
    command.env_clear().arg(file.path());
    Server::start(command, &stage.runtime, "/")
}
