//! The real program in its own process.

use std::{
    process::{Command, ExitStatus},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use service::testing::World;
use tokio::time::{sleep, timeout};

use super::program::Program;

const PROGRAM: &str = env!("CARGO_BIN_EXE_mini-compete");
/// The server logs this once it listens.
const LISTENING: &str = "server.address";
/// A process logs this once it serves metrics on their own port.
const METRICS: &str = "metrics.address";
/// A worker logs this once it has started.
const WORKING: &str = "worker started";
/// How long a process may take to end.
const END_TIMEOUT: Duration = Duration::from_secs(60);

/// A `mini-compete serve` or `worker`. It is killed when it is dropped.
pub(crate) struct Process {
    program: Program,
    /// Empty for a worker.
    url: String,
    log: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// Starts it on the database of `world`, and returns once it listens.
    pub(crate) fn serve(world: &World, arguments: &[&str]) -> Self {
        Self::serve_by(Command::new(PROGRAM), world, arguments)
    }

    /// The same with an environment variable.
    pub(crate) fn serve_with(world: &World, variable: (&str, &str)) -> Self {
        Self::serve_with_arguments(world, variable, &[])
    }

    /// The same with an environment variable and arguments.
    pub(crate) fn serve_with_arguments(
        world: &World,
        variable: (&str, &str),
        arguments: &[&str],
    ) -> Self {
        let mut command = Command::new(PROGRAM);
        command.env(variable.0, variable.1);
        Self::serve_by(command, world, arguments)
    }

    /// The same with limits: `limits` are shell commands.
    pub(crate) fn serve_under(limits: &str, world: &World, arguments: &[&str]) -> Self {
        let mut shell = Command::new("sh");
        shell.args(["-c", &format!("{limits} && exec \"$0\" \"$@\"")]);
        shell.arg(PROGRAM);
        Self::serve_by(shell, world, arguments)
    }

    /// The same with arguments and variables of the environment.
    pub(crate) fn serve_in(world: &World, variables: &[(&str, &str)], arguments: &[&str]) -> Self {
        let mut command = Command::new(PROGRAM);
        command.envs(variables.iter().copied());
        Self::serve_by(command, world, arguments)
    }

    fn serve_by(mut command: Command, world: &World, arguments: &[&str]) -> Self {
        let site = tempfile::tempdir().expect("a folder");
        command.args(["serve", "--port", "0", "--site-root"]).arg(site.path()).args(arguments);
        let mut process = Self::start(command, world, LISTENING);
        let address = address_after(&process.program.greeting, LISTENING).expect("an address");
        process.url = format!("http://{address}");
        process
    }

    /// Starts `mini-compete worker` with a variable of the environment, and returns once it works.
    pub(crate) fn work_with(world: &World, variable: (&str, &str)) -> Self {
        let mut command = Command::new(PROGRAM);
        command.arg("worker").env(variable.0, variable.1);
        Self::start(command, world, WORKING)
    }

    fn start(mut command: Command, world: &World, greeting: &str) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let has_filter = command.get_envs().any(|(name, _)| name == "RUST_LOG");
        if !has_filter {
            command.env("RUST_LOG", "info");
        }
        command
            .env("DATABASE_URL", world.database_url())
            .envs(world.redis_variables())
            .env("JWT_SECRET", "a secret of at least thirty-two characters")
            .env("BCRYPT_COST", "4")
            .env("RATE_LIMITS", "off")
            .current_dir(folder.path());
        let log = Arc::<Mutex<Vec<String>>>::default();
        let lines = Arc::clone(&log);
        let program = Program::start(&mut command, greeting, move |line| {
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
        });
        Self { program, url: String::new(), log }
    }

    /// SIGKILL: no destructor runs, nothing is flushed.
    pub(crate) fn kill(mut self) {
        self.program.child.kill().expect("a process to kill");
        self.program.child.wait().expect("an end");
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.url)
    }

    /// The address it listens on.
    pub(crate) fn address(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// SIGTERM: it shuts down gracefully.
    pub(crate) fn terminate(&self) {
        let pid = self.program.child.id().to_string();
        let sent = Command::new("kill").args(["-s", "TERM", &pid]).status().expect("kill");
        assert!(sent.success(), "there is no process {pid}");
    }

    /// Waits until it ends by itself.
    pub(crate) async fn end(&mut self) -> ExitStatus {
        let ended = async {
            loop {
                if let Some(status) = self.program.child.try_wait().expect("a child") {
                    return status;
                }
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(END_TIMEOUT, ended).await.expect("the process ends")
    }

    /// The number of log lines that contain `text`.
    pub(crate) fn log_lines_with(&self, text: &str) -> usize {
        let log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        log.iter().filter(|line| line.contains(text)).count()
    }

    /// The log lines so far.
    pub(crate) fn log_lines(&self) -> Vec<String> {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The metrics on their own port.
    pub(crate) async fn scrape(&self) -> String {
        let lines = self.log_lines();
        let address = lines.iter().find_map(|line| address_after(line, METRICS));
        let url = format!("http://{}/metrics", address.expect("a port of metrics"));
        let response = reqwest::get(url).await.expect("a response");
        assert!(response.status().is_success());
        response.text().await.expect("text")
    }
}

/// The address in the field `name` of a log line, in either form.
fn address_after(line: &str, name: &str) -> Option<String> {
    let (_, rest) = line.split_once(name)?;
    let start = rest.find(|c: char| c.is_ascii_digit())?;
    let is_part = |c: &char| c.is_ascii_digit() || matches!(c, '.' | ':');
    Some(rest[start..].chars().take_while(is_part).collect())
}
