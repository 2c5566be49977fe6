//! The real program, in a process of its own.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
};

use service::testing::World;

/// What the server says once it listens.
const LISTENING: &str = "server.address=";

/// A `mini-compete serve`. It is killed when it goes out of scope.
pub(crate) struct Process {
    child: Child,
    pub(crate) url: String,
}

impl Process {
    /// Starts it on the database of `world`, and returns once it listens.
    pub(crate) fn serve(world: &World, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut child = Command::new(env!("CARGO_BIN_EXE_mini-compete"))
            .args(["serve", "--port", "0", "--site-root"])
            .arg(folder.path())
            .args(arguments)
            .env("DATABASE_URL", world.database_url())
            .envs(world.redis_variables())
            .env("JWT_SECRET", "a secret of at least thirty-two characters")
            .env("BCRYPT_COST", "4")
            .env("RUST_LOG", "info")
            .current_dir(folder.path())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut log = BufReader::new(child.stderr.take().expect("a pipe")).lines();
        let address = log.by_ref().find_map(|line| {
            let line = line.expect("text");
            let (_, address) = line.split_once(LISTENING)?;
            address.split_whitespace().next().map(str::to_owned)
        });
        // A full pipe would stop the server.
        std::thread::spawn(move || log.for_each(drop));
        let url = format!("http://{}", address.expect("the server listens"));
        Self { child, url }
    }

    /// SIGKILL: no destructor runs, nothing is flushed.
    pub(crate) fn kill(mut self) {
        self.child.kill().expect("a process to kill");
        self.child.wait().expect("an end");
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Killed already, or about to be: either way it is gone.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
