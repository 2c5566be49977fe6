//! A server in a process of its own.

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

/// How often a server that starts is asked whether it is there.
const POLL: Duration = Duration::from_millis(1);
/// How long it may take, on a busy machine and with a debug build.
const START_LIMIT: Duration = Duration::from_secs(60);

/// A process, which is killed when it goes out of scope.
#[derive(Debug)]
pub(crate) struct Server {
    child: Child,
    /// Where it listens; of no meaning for one that does not.
    pub(crate) address: SocketAddr,
    /// From the start of the process to its first answer.
    pub(crate) start_time: Duration,
}

impl Server {
    /// Starts a command, which gets a free port in the variable `PORT`, and waits until `path` answers 200.
    pub(crate) fn start(mut command: Command, runtime: &Runtime, path: &str) -> Result<Self> {
        // Free a moment ago; the kernel hands it out again only after all others.
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

    /// Starts a command that listens nowhere, and does not wait for it.
    pub(crate) fn start_unasked(command: Command) -> Result<Self> {
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

    /// SIGTERM, and waits until it has finished what it was about.
    pub(crate) fn stop(mut self) -> Result {
        Command::new("kill").arg(self.pid().to_string()).status()?;
        let status = self.child.wait()?;
        if status.success() {
            Ok(())
        } else {
            Err(format!("a server ended badly: {status}").into())
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // Stopped already, or of no more use.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

async fn answers(server: SocketAddr, path: &str) -> bool {
    let Ok(mut connection) = Connection::open(server).await else { return false };
    connection.exchange(&get(path)).await.is_ok_and(|answer| answer.status == 200)
}
