//! A process that a case kills, freezes or signals.

use std::{
    os::unix::process::ExitStatusExt,
    process::{Command, ExitStatus},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::time::{Instant, sleep, timeout};

use super::program::Program;

/// How long a process may take to end.
const END_TIMEOUT: Duration = Duration::from_secs(30);

/// A running process and its log.
pub(crate) struct Process {
    program: Program,
    log: Arc<Mutex<Vec<String>>>,
}

impl Process {
    /// Starts a process, and returns once it has logged `greeting`.
    pub(crate) async fn start(mut command: Command, greeting: &'static str) -> Self {
        let log = Arc::<Mutex<Vec<String>>>::default();
        let lines = Arc::clone(&log);
        let record = move |line: &str| {
            lines.lock().unwrap_or_else(PoisonError::into_inner).push(line.to_owned());
        };
        // Other tasks run while it starts.
        let start =
            tokio::task::spawn_blocking(move || Program::start(&mut command, greeting, record));
        Self { program: start.await.expect("a program"), log }
    }

    /// SIGKILL: no destructor runs, nothing is flushed.
    pub(crate) fn kill(&mut self) {
        self.program.child.kill().expect("a process to kill");
        let end = self.program.child.wait().expect("an end");
        assert_eq!(end.signal(), Some(9), "it was gone before it was killed: {end}");
    }

    /// SIGSTOP: it is not scheduled, while its connections stay open.
    pub(crate) fn freeze(&self) {
        self.signal("STOP");
    }

    /// SIGCONT.
    pub(crate) fn thaw(&self) {
        self.signal("CONT");
    }

    /// SIGQUIT, then up to 5 s to end. For `Drop`, where nothing may panic.
    pub(crate) fn quit(&mut self) {
        let pid = self.program.child.id().to_string();
        let _ = Command::new("kill").args(["-s", "QUIT", &pid]).status();
        for _ in 0..250 {
            // 5 s
            if !matches!(self.program.child.try_wait(), Ok(None)) {
                return;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Sends a signal.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.program.child.id().to_string();
        let sent = Command::new("kill").args(["-s", name, &pid]).status().expect("kill");
        assert!(sent.success(), "there is no process {pid}");
    }

    /// The memory it holds, in KiB.
    pub(crate) fn resident_kib(&self) -> usize {
        let status = format!("/proc/{}/status", self.program.child.id());
        let status = std::fs::read_to_string(status).expect("a running process");
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kib = line.and_then(|line| line.trim().strip_suffix(" kB")).expect("VmRSS in kB");
        kib.parse().expect("a number")
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
}

/// Polls a condition until it holds; panics with its description after the timeout.
pub(crate) async fn wait_until(
    description: &str,
    timeout: Duration,
    mut holds: impl AsyncFnMut() -> bool,
) {
    let began = Instant::now();
    while !holds().await {
        assert!(began.elapsed() < timeout, "not within {timeout:?}: {description}");
        sleep(Duration::from_millis(10)).await;
    }
}
