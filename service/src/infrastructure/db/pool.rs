//! A pool of connections to PostgreSQL.
//!
//! It does what the pool of sqlx does not: every statement has a client-side timeout, after which
//! its connection is closed; testing an idle connection has a timeout too, so that a network that
//! drops packets cannot hold its slot for ever; and after a failover no connection to the old
//! server is used again.

mod failure;
mod pooled;

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnAcquireErr, DbErr,
    sqlx::{self, ConnectOptions, Executor, postgres::PgConnectOptions},
};
use tokio::{
    runtime::Handle,
    sync::Semaphore,
    time::{Instant, sleep, timeout},
};

use self::failure::{conn_err, log_failure, refusal};
pub(super) use self::pooled::PooledConnection;
use super::{
    plans::Plans,
    session::{Backends, Refusal, Session},
};
use crate::{error, metrics::DATABASE};

/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long opening a connection may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// The time limit for testing an idle connection, and for ending the transaction of a dropped
/// caller.
pub(super) const TEST_TIMEOUT: Duration = Duration::from_secs(2);
/// A connection that was idle for longer is tested before it is used.
const TEST_AFTER_IDLE: Duration = Duration::from_secs(1);
/// A connection that was idle for longer is closed.
const MAX_IDLE: Duration = Duration::from_mins(10);
/// A connection that is older is closed.
const MAX_AGE: Duration = Duration::from_mins(30);
/// The same for a connection to a server that accepts no writes: another may accept them soon.
const MAX_AGE_READ_ONLY: Duration = Duration::from_secs(1);
/// How long closing a connection may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest pause between two tries to connect to a server that is starting.
const MAX_PAUSE: Duration = Duration::from_millis(500);

/// A pool of verified sessions. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Shared>);

struct Shared {
    options: PgConnectOptions,
    max_connections: usize,
    slots: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
    /// Incremented when the open connections may be to the wrong server, or dead.
    generation: AtomicU64,
    backends: Backends,
}

struct Idle {
    session: Session,
    since: Instant,
}

impl fmt::Debug for Pool {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Pool")
            .field("free", &self.0.slots.available_permits())
            .finish_non_exhaustive()
    }
}

impl Pool {
    /// Opens a pool, and checks with two connections that each has a session of its own.
    pub(super) async fn connect(url: &str, max_connections: u32) -> Result<Self, DbErr> {
        let options: PgConnectOptions = url.parse().map_err(conn_err)?;
        // No start-up parameters: poolers drop or refuse them.
        let options = options
            .application_name("mini-compete")
            .extra_float_digits(None)
            .disable_statement_logging();
        let pool = Self(Arc::new(Shared {
            options,
            max_connections: max_connections as usize,
            slots: Arc::new(Semaphore::new(max_connections as usize)),
            idle: Mutex::default(),
            generation: AtomicU64::new(0),
            backends: Backends::default(),
        }));
        let mut first = pool.acquire(Plans::Generic).await?;
        pool.check_sessions_are_separate(&mut first).await?;
        Ok(pool)
    }

    /// Checks that one session keeps its state while another one is inside a transaction.
    async fn check_sessions_are_separate(&self, first: &mut PooledConnection) -> Result<(), DbErr> {
        let probe = timeout(TEST_TIMEOUT, self.open(Plans::Generic));
        // A pooler without a second session to give does not share the first.
        let Ok(probe) = probe.await else { return Ok(()) };
        let mut probe = probe.map_err(conn_err)?;
        probe.raw.execute("BEGIN; SELECT 1").await.map_err(conn_err)?;
        let verified = first.verify().await;
        probe.raw.execute("ROLLBACK").await.map_err(conn_err)?;
        probe.close().await;
        verified
    }

    /// The options that its connections are opened with.
    pub(super) fn options(&self) -> &PgConnectOptions {
        &self.0.options
    }

    /// Checks out a connection that was used recently or has just been tested, and that plans
    /// statements like this.
    pub(super) async fn acquire(&self, plans: Plans) -> Result<PooledConnection, DbErr> {
        let expired = || DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        let began = Instant::now();
        let found = timeout(ACQUIRE_TIMEOUT, self.find(plans)).await;
        DATABASE.connection(began.elapsed());
        found.map_err(|_| {
            DATABASE.timeouts.increment(1);
            expired()
        })?
    }

    /// The connections that are open and not in use.
    pub(super) fn idle_count(&self) -> usize {
        self.idle().len()
    }

    /// The connections that may still be checked out.
    pub(super) fn free_slots(&self) -> usize {
        self.0.slots.available_permits()
    }

    async fn find(&self, plans: Plans) -> Result<PooledConnection, DbErr> {
        let closed = |_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed);
        let permit = Arc::clone(&self.0.slots).acquire_owned().await.map_err(closed)?;
        while let Some(Idle { mut session, since }) = self.pop(plans) {
            if !self.is_current(&session) {
                close_in_background(session);
                continue;
            }
            let is_ready = session.plans() == plans;
            let is_recent = since.elapsed() <= TEST_AFTER_IDLE;
            if is_ready && is_recent {
                return Ok(PooledConnection::new(self, session, permit));
            }
            let test = async {
                if !is_ready {
                    session.switch_to(plans).await?;
                }
                if is_recent { Ok(()) } else { session.verify().await }
            };
            match timeout(TEST_TIMEOUT, test).await {
                Ok(Ok(())) => return Ok(PooledConnection::new(self, session, permit)),
                // After a restart of the database every idle connection fails.
                Ok(Err(error)) => log_failure(&error),
                Err(_) => self.retire(session.generation, "an idle connection does not answer"),
            }
        }
        let mut pause = Duration::from_millis(10);
        loop {
            match timeout(CONNECT_TIMEOUT, self.open(plans)).await {
                Ok(Ok(session)) => return Ok(PooledConnection::new(self, session, permit)),
                Ok(Err(error)) if error::is_starting(&error) => {
                    sleep(pause).await;
                    pause = (2 * pause).min(MAX_PAUSE);
                }
                Ok(Err(error)) => {
                    log_failure(&error);
                    return Err(conn_err(error));
                }
                Err(_) => return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
            }
        }
    }

    async fn open(&self, plans: Plans) -> Result<Session, sqlx::Error> {
        let generation = self.generation();
        let open = || Session::open(&self.0.options, plans, generation, &self.0.backends);
        match open().await {
            Err(error) if self.reuses_session_of_dead_idle(&error).await => open().await,
            opened => opened,
        }
    }

    /// Whether a session seems shared only because a pooler has closed an idle connection of ours
    /// and given its session to a new one. The idle connection is dropped then.
    async fn reuses_session_of_dead_idle(&self, error: &sqlx::Error) -> bool {
        let Some(Refusal::Shared { backend }) = refusal(error) else { return false };
        let holder = {
            let mut idle = self.idle();
            let position = idle.iter().position(|idle| idle.session.backend() == backend);
            position.map(|position| idle.remove(position))
        };
        let Some(mut holder) = holder else { return false };
        match timeout(TEST_TIMEOUT, holder.session.verify()).await {
            Ok(Ok(())) => {
                self.put_back(holder.session);
                false
            }
            Ok(Err(error)) => refusal(&error).is_none(),
            Err(_) => true,
        }
    }

    /// The idle connection that was used last, of those that plan statements like this. Another
    /// one, which is to be switched, only where a new connection would be one too many.
    fn pop(&self, plans: Plans) -> Option<Idle> {
        let mut idle = self.idle();
        if let Some(position) = idle.iter().rposition(|idle| idle.session.plans() == plans) {
            return Some(idle.remove(position));
        }
        // The caller's own slot is one of those that are in use.
        let in_use = self.0.max_connections.saturating_sub(self.free_slots());
        if idle.len() + in_use > self.0.max_connections { Some(idle.remove(0)) } else { None }
    }

    pub(super) fn put_back(&self, session: Session) {
        if self.0.slots.is_closed() || !self.is_current(&session) {
            return close_in_background(session);
        }
        let now = Instant::now();
        let mut idle = self.idle();
        // The connection used last is used next, so the front has been idle the longest.
        let stale = idle.iter().take_while(|idle| now - idle.since > MAX_IDLE).count();
        let stale: Vec<_> = idle.drain(..stale).collect();
        idle.push(Idle { session, since: now });
        drop(idle);
        stale.into_iter().for_each(|idle| close_in_background(idle.session));
    }

    fn is_current(&self, session: &Session) -> bool {
        let max_age = if session.is_read_only { MAX_AGE_READ_ONLY } else { MAX_AGE };
        session.generation == self.generation() && session.opened.elapsed() <= max_age
    }

    /// The generation of the connections that are opened now; see [`retire`](Self::retire).
    pub(super) fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }

    /// Whether a connection can be checked out without waiting for another to be returned.
    pub(super) fn has_free_slot(&self) -> bool {
        self.0.slots.available_permits() > 0
    }

    /// Retires all connections of the generation `seen`, because what has broken one of them may
    /// have broken all. Connections in use are closed when they are returned. Does nothing if that
    /// generation is retired already.
    pub(super) fn retire(&self, seen: u64, why: &str) {
        let next = seen + 1;
        let generation = &self.0.generation;
        if generation.compare_exchange(seen, next, Ordering::AcqRel, Ordering::Acquire).is_err() {
            return;
        }
        tracing::warn!(why, "replacing all connections to the database");
        let stale = |idle: &mut Idle| idle.session.generation <= seen;
        let stale: Vec<_> = self.idle().extract_if(.., stale).collect();
        stale.into_iter().for_each(|idle| close_in_background(idle.session));
    }

    /// Closes all connections; those in use, when they are returned.
    pub(super) async fn close(&self) {
        self.0.slots.close();
        let idle = std::mem::take(&mut *self.idle());
        for Idle { session, .. } in idle {
            let _ = timeout(CLOSE_TIMEOUT, session.close()).await;
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        // A panic under this lock cannot leave the list half changed, so poisoning is ignored.
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes a session in the background; without a runtime, its socket only.
pub(super) fn close_in_background(session: Session) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(async move {
            let _ = timeout(CLOSE_TIMEOUT, session.close()).await;
        });
    }
}

#[cfg(test)]
pub(super) mod tests {
    use sea_orm::Statement;

    use super::*;

    /// A pool without open connections.
    pub(in crate::infrastructure::db) fn unopened(max_connections: usize) -> Pool {
        Pool(Arc::new(Shared {
            options: PgConnectOptions::new_without_pgpass(),
            max_connections,
            slots: Arc::new(Semaphore::new(max_connections)),
            idle: Mutex::default(),
            generation: AtomicU64::new(0),
            backends: Backends::default(),
        }))
    }

    #[tokio::test]
    async fn a_generation_is_retired_once() {
        let pool = unopened(2);
        for _ in 0..3 {
            pool.retire(0, "the test asks for it");
        }
        assert_eq!(pool.generation(), 1, "newer connections were retired");
        pool.retire(1, "the test asks for it");
        assert_eq!(pool.generation(), 2);
    }

    async fn pool_of_test(max_connections: u32) -> Option<Pool> {
        let url = std::env::var("TEST_DATABASE_URL").ok()?;
        Some(Pool::connect(&url, max_connections).await.unwrap())
    }

    fn statement(sql: &str) -> Statement {
        Statement::from_string(sea_orm::DbBackend::Postgres, sql)
    }

    #[tokio::test]
    async fn a_dropped_slow_statement_closes_its_own_connection_only() {
        let Some(pool) = pool_of_test(2).await else { return };
        let mut left = pool.acquire(Plans::Generic).await.unwrap();
        let slow = statement("SELECT pg_sleep(5)");
        assert!(timeout(Duration::from_millis(100), left.row(&slow)).await.is_err());
        drop(left);
        let kept = pool.acquire(Plans::Generic).await.unwrap();
        // Waits until the dropped connection has released its slot.
        let other = pool.acquire(Plans::Generic).await.unwrap();
        assert_eq!(pool.generation(), 0);
        drop((kept, other));
        assert_eq!(pool.idle().len(), 2, "a connection was not returned");
    }

    #[tokio::test]
    async fn a_later_timeout_does_not_retire_newer_connections() {
        let Some(pool) = pool_of_test(3).await else { return };
        let mut stale = [
            pool.acquire(Plans::Generic).await.unwrap(),
            pool.acquire(Plans::Generic).await.unwrap(),
        ];
        let slow = statement("SELECT pg_sleep(2)");
        stale
            .iter_mut()
            .for_each(|connection| connection.set_response_timeout(Duration::from_millis(50)));
        stale[0].row(&slow).await.unwrap_err();
        let fresh = pool.acquire(Plans::Generic).await.unwrap();
        let backend = fresh.backend().to_owned();
        drop(fresh);
        stale[1].row(&slow).await.unwrap_err();
        assert_eq!(pool.generation(), 1);
        let again = pool.acquire(Plans::Generic).await.unwrap();
        assert_eq!(again.backend(), backend);
    }
}
