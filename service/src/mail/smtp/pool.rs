//! A pool of connections to the mail server.
//!
//! lettre's own pool starts a task when it is dropped, which panics after the runtime has ended.
//! This pool has a task only while it has idle connections.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError, Weak},
    time::Duration,
};

use lettre::address::Envelope;
use tokio::time::{Instant, sleep_until};

use super::{
    server::Server,
    session::{Failure, Session},
};

/// How long a connection may be idle. Mail servers close idle connections after some minutes, some
/// after 30 s.
const IDLE: Duration = Duration::from_secs(20);
/// Mails over one connection. Many servers allow some hundreds.
const USES: u32 = 100;

/// Connections to one server; at most one for each mail that is sent at the same time.
pub(super) struct Pool {
    server: Server,
    parked: Mutex<Parked>,
}

#[derive(Default)]
struct Parked {
    /// With the time since when each is idle, the oldest first.
    sessions: Vec<(Session, Instant)>,
    /// Whether a task closes idle connections.
    is_watched: bool,
}

/// Why a mail was not sent.
pub(super) enum SendError {
    /// No connection could be opened, with the reason.
    NoConnection(String),
    /// The server refused the mail, or the connection broke while it was sent.
    Mail(Failure),
}

impl Pool {
    pub(super) fn new(server: Server) -> Arc<Self> {
        Arc::new(Self { server, parked: Mutex::default() })
    }

    /// Opens a connection and closes it.
    pub(super) async fn check(&self) -> Result<(), String> {
        self.server.connect().await?.quit().await;
        Ok(())
    }

    /// Sends a mail over an idle connection, or over a new one.
    pub(super) async fn send(
        self: &Arc<Self>,
        envelope: &Envelope,
        mail: &[u8],
    ) -> Result<(), SendError> {
        if let Some(mut session) = self.take() {
            match session.send(envelope, mail).await {
                Err(failure) if failure.may_succeed_on_new_connection() => {
                    // The new connection takes its place, so that there is one for each mail.
                    if session.is_open() {
                        tokio::spawn(session.quit());
                    }
                }
                result => {
                    self.park(session);
                    return result.map_err(SendError::Mail);
                }
            }
        }
        let mut session = self.server.connect().await.map_err(SendError::NoConnection)?;
        let result = session.send(envelope, mail).await;
        self.park(session);
        result.map_err(SendError::Mail)
    }

    /// The connection that was used last.
    fn take(&self) -> Option<Session> {
        let (session, since) = self.lock().sessions.pop()?;
        // Drops a connection that `watch` should have closed already.
        (since.elapsed() < IDLE).then_some(session)
    }

    fn park(self: &Arc<Self>, session: Session) {
        if !session.is_open() {
            return;
        }
        if session.uses >= USES {
            tokio::spawn(session.quit());
            return;
        }
        let mut parked = self.lock();
        parked.sessions.push((session, Instant::now()));
        if !parked.is_watched {
            parked.is_watched = true;
            tokio::spawn(watch(Arc::downgrade(self)));
        }
    }

    /// Removes the connections that were idle for too long. Returns them, and when the next one
    /// will be.
    fn expired(&self) -> (Vec<Session>, Option<Instant>) {
        let mut parked = self.lock();
        let old = parked.sessions.iter().take_while(|(_, since)| since.elapsed() >= IDLE).count();
        let expired = parked.sessions.drain(..old).map(|(session, _)| session).collect();
        let next = parked.sessions.first().map(|(_, since)| *since + IDLE);
        parked.is_watched = next.is_some();
        (expired, next)
    }

    fn lock(&self) -> MutexGuard<'_, Parked> {
        self.parked.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes idle connections until there are none left.
async fn watch(pool: Weak<Pool>) {
    while let Some(here) = pool.upgrade() {
        let (expired, next) = here.expired();
        drop(here);
        for session in expired {
            session.quit().await;
        }
        let Some(next) = next else { return };
        sleep_until(next).await;
    }
}
