//! A `mini-compete worker` that can be killed.

use tempfile::TempDir;

use super::{Process, Variables};

const STARTED: &str = "worker started";

/// A worker. It is killed when it is dropped.
pub(crate) struct Worker {
    pub(crate) process: Process,
    _folder: TempDir,
}

impl Worker {
    pub(crate) async fn start(variables: &Variables) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = variables.command(&folder);
        command.arg("worker");
        Self { process: Process::start(command, STARTED).await, _folder: folder }
    }
}
