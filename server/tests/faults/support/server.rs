//! A `mini-compete serve` that can be killed.

use std::path::Path;

use tempfile::TempDir;

use super::{Port, Process, Variables};

const LISTENING: &str = "server.address=";

/// A server without a worker. It is killed when it is dropped.
pub(crate) struct Server {
    pub(crate) process: Process,
    folder: TempDir,
    port: Port,
}

impl Server {
    /// Starts it, and returns once it listens.
    pub(crate) async fn start(variables: &Variables) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let port = Port::reserve();
        Self { process: listen(variables, &folder, &port).await, folder, port }
    }

    /// Starts it again on the same port after it was killed.
    pub(crate) async fn restart(&mut self, variables: &Variables) {
        self.process = listen(variables, &self.folder, &self.port).await;
    }

    /// The folder of its site's files.
    pub(crate) fn site_root(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }

    pub(crate) fn urls(servers: &[Self]) -> Vec<String> {
        servers.iter().map(Self::url).collect()
    }

    pub(crate) fn port(&self) -> u16 {
        self.port.number()
    }
}

async fn listen(variables: &Variables, folder: &TempDir, port: &Port) -> Process {
    let mut command = variables.command(folder);
    command.args(["serve", "--no-worker", "--port", &port.number().to_string(), "--site-root"]);
    command.arg(folder.path());
    Process::start(command, LISTENING).await
}
