//! The real program, in a process of its own.

use std::process::Command;

use service::testing::World;

use super::program::Program;

/// What the server says once it listens.
const LISTENING: &str = "server.address=";

/// A `mini-compete serve`. It is killed when it goes out of scope.
pub(crate) struct Process {
    program: Program,
    url: String,
}

impl Process {
    /// Starts it on the database of `world`, and returns once it listens.
    pub(crate) fn serve(world: &World, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut command = Command::new(env!("CARGO_BIN_EXE_mini-compete"));
        command
            .args(["serve", "--port", "0", "--site-root"])
            .arg(folder.path())
            .args(arguments)
            .env("DATABASE_URL", world.database_url())
            .envs(world.redis_variables())
            .env("JWT_SECRET", "a secret of at least thirty-two characters")
            .env("BCRYPT_COST", "4")
            .env("RATE_LIMITS", "off")
            .env("RUST_LOG", "info")
            .current_dir(folder.path());
        let program = Program::start(&mut command, LISTENING, |_| {});
        let (_, address) = program.greeting.split_once(LISTENING).expect("an address");
        let address = address.split_whitespace().next().expect("an address");
        let url = format!("http://{address}");
        Self { program, url }
    }

    /// SIGKILL: no destructor runs, nothing is flushed.
    pub(crate) fn kill(mut self) {
        self.program.child.kill().expect("a process to kill");
        self.program.child.wait().expect("an end");
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }
}
