//! A server as a child process.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use tokio::runtime::Runtime;

use crate::{
    Result,
    http::{Connection, get},
};

/// The polling interval while a server starts.
const POLL: Duration = Duration::from_millis(1);
/// The longest start, on a busy machine and with a debug build.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A child process. It is killed when it is dropped.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// The address that it listens on, if it does.
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first response.
    pub(crate) start_time: Duration,
}

impl Server {
    /// Starts a command with a free port in the variable `PORT`, and waits until `path` answers
    /// 200.
    pub(crate) fn start(mut command: Command, runtime: &Runtime, path: &str) -> Result<Self> {
        // The kernel reuses a freed port only after all others.
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        command.env("PORT", port.to_string());
        let began = Instant::now();
        let mut server = Self::spawn(command, SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
        while !runtime.block_on(answers(server.address, path)) {
            if let Some(status) = server.child.try_wait()? {
                return Err(format!("a server ended instead of listening: {status}").into());
            }
            if began.elapsed() > START_LIMIT {
                return Err("a server did not start in time".into());
            }
            thread::sleep(POLL);
        }
        server.start_time = began.elapsed();
        Ok(server)
    }

    /// Starts a command that does not listen, without waiting for it.
    pub(crate) fn start_without_port(command: Command) -> Result<Self> {
        Self::spawn(command, SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))
    }

    fn spawn(mut command: Command, address: SocketAddr) -> Result<Self> {
        let name = command.get_program().display().to_string();
        let child = command.stdin(Stdio::null()).stdout(Stdio::null()).spawn();
        let child = child.map_err(|error| format!("{name}: {error}"))?;
        Ok(Self { child, address, start_time: Duration::ZERO })
    }

    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// SIGTERM; then waits for the graceful shutdown.
    pub(crate) fn stop(mut self) -> Result {
        Command::new("kill").arg(self.pid().to_string()).status()?;
        let status = self.child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("a server failed to shut down: {status}").into())
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // An error means that it has ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn answers(server: SocketAddr, path: &str) -> bool {
    let Ok(mut connection) = Connection::open(server).await else { return false };
    connection.exchange(&get(path)).await.is_ok_and(|response| response.status == 200)
}
