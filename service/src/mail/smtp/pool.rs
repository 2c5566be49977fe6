//! Connections to the mail server that are used again.
//!
//! lettre's own pool cleans up in a task that it starts when it is dropped, where there may be no
//! runtime any more. This one has a task only while connections idle, which ends with them or with
//! the runtime.

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

/// How long a connection may idle. Mail servers close them after some minutes, some after half of
/// one.
const IDLE: Duration = Duration::from_secs(20);
/// Mails over one connection. Many servers count them, and close it after some hundreds.
const USES: u32 = 100;

/// Connections to one server. As many at most as mails are sent at once.
pub(super) struct Pool {
    server: Server,
    parked: Mutex<Parked>,
}

#[derive(Default)]
struct Parked {
    /// The longest idle first.
    sessions: Vec<(Session, Instant)>,
    /// Whether a task looks after them.
    is_watched: bool,
}

/// Why a mail did not go.
pub(super) enum Trouble {
    /// There is no connection. The mail has no part in it.
    NoConnection(String),
    /// It was about the mail, or the connection broke under it.
    Mail(Failure),
}

impl Pool {
    pub(super) fn new(server: Server) -> Arc<Self> {
        Arc::new(Self { server, parked: Mutex::default() })
    }

    /// Sends a mail over a connection that is free, or over a new one.
    pub(super) async fn send(
        self: &Arc<Self>,
        envelope: &Envelope,
        mail: &[u8],
    ) -> Result<(), Trouble> {
        if let Some(mut session) = self.take() {
            let result = session.send(envelope, mail).await;
            self.park(session);
            match result {
                Err(failure) if failure.is_of_an_old_connection() => {}
                result => return result.map_err(Trouble::Mail),
            }
        }
        let mut session = self.server.connect().await.map_err(Trouble::NoConnection)?;
        let result = session.send(envelope, mail).await;
        self.park(session);
        result.map_err(Trouble::Mail)
    }

    /// The connection that was used last.
    fn take(&self) -> Option<Session> {
        let (session, since) = self.lock().sessions.pop()?;
        // The one that is to be closed is left to the watch, or dropped if that is late.
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

    /// Takes those out that have idled long enough; answers with when to look again, if there are
    /// any left.
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

/// Closes connections that idle, until there are none.
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
