//! The connections to PostgreSQL.
//!
//! A pool of our own, for what sqlx's does not do: every statement has a limit in time on this side
//! as well, after which the connection is thrown away; a connection is never tested in a place
//! where a network that swallows packets would keep its slot for ever; and after a failover no
//! connection to the server of before is used again.

use std::{
    fmt,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use sea_orm::{
    ConnAcquireErr, DbErr, RuntimeErr,
    sqlx::{self, ConnectOptions, Executor, postgres::PgConnectOptions},
};
use tokio::{
    runtime::Handle,
    sync::Semaphore,
    time::{Instant, sleep, timeout},
};

use super::{
    lease::Lease,
    session::{Backends, Refusal, Session},
};
use crate::error;

/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long opening one may take.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long an idle connection may take to say that it is there, and one that was left in the
/// middle of something to come to its end.
pub(super) const TEST_TIMEOUT: Duration = Duration::from_secs(2);
/// A connection that idled longer is tested before it is used.
const IDLE: Duration = Duration::from_secs(1);
/// A connection that idled longer is closed.
const MAX_IDLE: Duration = Duration::from_mins(10);
/// A connection that is older is closed.
const MAX_AGE: Duration = Duration::from_mins(30);
/// A connection to a server that takes no changes is used no longer: another may be the writable
/// one soon.
const MAX_AGE_READ_ONLY: Duration = Duration::from_secs(1);
/// How long closing a connection may take.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// The longest pause between two tries to open a connection to a server that is starting.
const MAX_PAUSE: Duration = Duration::from_millis(500);

/// A pool of verified sessions. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Shared>);

struct Shared {
    options: PgConnectOptions,
    slots: Arc<Semaphore>,
    idle: Mutex<Vec<Idle>>,
    /// Grows when the connections that are open may be to the wrong server or to none.
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
    /// Opens a pool, and proves with two connections at once that each has a session of its own.
    pub(super) async fn connect(url: &str, max_connections: u32) -> Result<Self, DbErr> {
        let options: PgConnectOptions = url.parse().map_err(conn_err)?;
        // Nothing is set at the start of a session: poolers drop such settings, or refuse them.
        let options = options
            .application_name("mini-compete")
            .extra_float_digits(None)
            .disable_statement_logging();
        let pool = Self(Arc::new(Shared {
            options,
            slots: Arc::new(Semaphore::new(max_connections as usize)),
            idle: Mutex::default(),
            generation: AtomicU64::new(0),
            backends: Backends::default(),
        }));
        let mut first = pool.acquire().await?;
        pool.prove(&mut first).await?;
        Ok(pool)
    }

    /// While one session is inside a transaction, another must still be itself.
    async fn prove(&self, first: &mut Lease) -> Result<(), DbErr> {
        let probe = timeout(TEST_TIMEOUT, self.open());
        // A pooler that has no second session to give has not shared the first.
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

    /// A connection that was used lately or has just been tested.
    pub(super) async fn acquire(&self) -> Result<Lease, DbErr> {
        let expired = || DbErr::ConnectionAcquire(ConnAcquireErr::Timeout);
        timeout(ACQUIRE_TIMEOUT, self.find()).await.map_err(|_| expired())?
    }

    async fn find(&self) -> Result<Lease, DbErr> {
        let closed = |_| DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed);
        let permit = Arc::clone(&self.0.slots).acquire_owned().await.map_err(closed)?;
        while let Some(Idle { mut session, since }) = self.pop() {
            if !self.is_current(&session) {
                discard(session);
                continue;
            }
            if since.elapsed() <= IDLE {
                return Ok(Lease::new(self, session, permit));
            }
            match timeout(TEST_TIMEOUT, session.verify()).await {
                Ok(Ok(())) => return Ok(Lease::new(self, session, permit)),
                // After a restart of the database each idle connection fails once.
                Ok(Err(error)) => report(&error),
                Err(_) => self.condemn(session.generation, "an idle connection does not answer"),
            }
        }
        let mut pause = Duration::from_millis(10);
        loop {
            match timeout(CONNECT_TIMEOUT, self.open()).await {
                Ok(Ok(session)) => return Ok(Lease::new(self, session, permit)),
                Ok(Err(error)) if error::is_starting(&error) => {
                    sleep(pause).await;
                    pause = (2 * pause).min(MAX_PAUSE);
                }
                Ok(Err(error)) => {
                    report(&error);
                    return Err(conn_err(error));
                }
                Err(_) => return Err(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout)),
            }
        }
    }

    async fn open(&self) -> Result<Session, sqlx::Error> {
        let generation = self.generation();
        let open = || Session::open(&self.0.options, generation, &self.0.backends);
        match open().await {
            Err(error) if self.was_left_by_dead(&error).await => open().await,
            opened => opened,
        }
    }

    /// Whether a session seems shared only because a pooler gave us the session of an idle
    /// connection that it has closed and that we have not yet used again. That connection is gone
    /// afterwards.
    async fn was_left_by_dead(&self, error: &sqlx::Error) -> bool {
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

    fn pop(&self) -> Option<Idle> {
        self.idle().pop()
    }

    pub(super) fn put_back(&self, session: Session) {
        if self.0.slots.is_closed() || !self.is_current(&session) {
            return discard(session);
        }
        let now = Instant::now();
        let mut idle = self.idle();
        // The one that was used last is used next; those at the front have idled the longest.
        let stale = idle.iter().take_while(|idle| now - idle.since > MAX_IDLE).count();
        let stale: Vec<_> = idle.drain(..stale).collect();
        idle.push(Idle { session, since: now });
        drop(idle);
        stale.into_iter().for_each(|idle| discard(idle.session));
    }

    fn is_current(&self, session: &Session) -> bool {
        let max_age = if session.reads_only { MAX_AGE_READ_ONLY } else { MAX_AGE };
        session.generation == self.generation() && session.opened.elapsed() <= max_age
    }

    /// Which connections are opened now: those of a later generation are opened after a
    /// [`condemn`](Self::condemn).
    pub(super) fn generation(&self) -> u64 {
        self.0.generation.load(Ordering::Acquire)
    }

    /// Whether a connection can be had without waiting for another request to give its own back.
    pub(super) fn has_free_slot(&self) -> bool {
        self.0.slots.available_permits() > 0
    }

    /// None of the connections that are open is used again: what has happened to one may have
    /// happened to all. `seen` is the generation of the one that failed; connections that were
    /// opened after it was condemned are not concerned.
    pub(super) fn condemn(&self, seen: u64, why: &str) {
        let next = seen + 1;
        let generation = &self.0.generation;
        if generation.compare_exchange(seen, next, Ordering::AcqRel, Ordering::Acquire).is_err() {
            return;
        }
        tracing::warn!(why, "all connections to the database are replaced");
        let stale = |idle: &mut Idle| idle.session.generation <= seen;
        let stale: Vec<_> = self.idle().extract_if(.., stale).collect();
        stale.into_iter().for_each(|idle| discard(idle.session));
    }

    /// Closes every connection; those in use, when they come back.
    pub(super) async fn close(&self) {
        self.0.slots.close();
        let idle = std::mem::take(&mut *self.idle());
        for Idle { session, .. } in idle {
            let _ = timeout(CLOSE_TIMEOUT, session.close()).await;
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Idle>> {
        // No code that holds the lock can leave the list half-changed.
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes a session in the background; without a runtime its socket is closed.
pub(super) fn discard(session: Session) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(async move {
            let _ = timeout(CLOSE_TIMEOUT, session.close()).await;
        });
    }
}

/// Refusals are for operators to read; other failures are told of by those whom they befall.
pub(super) fn report(error: &sqlx::Error) {
    match refusal(error) {
        Some(refusal) => tracing::error!("{refusal}"),
        None => tracing::info!(%error, "a connection to the database failed"),
    }
}

fn refusal(error: &sqlx::Error) -> Option<&Refusal> {
    match error {
        sqlx::Error::Configuration(error) => error.downcast_ref(),
        _ => None,
    }
}

pub(super) fn conn_err(error: sqlx::Error) -> DbErr {
    DbErr::Conn(match refusal(&error) {
        // Once, and not once for each error around it.
        Some(refusal) => RuntimeErr::Internal(refusal.to_string()),
        None => RuntimeErr::SqlxError(error.into()),
    })
}

#[cfg(test)]
pub(super) mod tests {
    use sea_orm::Statement;

    use super::*;

    /// A pool that has opened no connection.
    pub(in crate::db) fn unopened(max_connections: usize) -> Pool {
        Pool(Arc::new(Shared {
            options: PgConnectOptions::new_without_pgpass(),
            slots: Arc::new(Semaphore::new(max_connections)),
            idle: Mutex::default(),
            generation: AtomicU64::new(0),
            backends: Backends::default(),
        }))
    }

    #[tokio::test]
    async fn many_connections_of_one_generation_are_condemned_once() {
        let pool = unopened(2);
        for _ in 0..3 {
            pool.condemn(0, "as the test wants it");
        }
        assert_eq!(pool.generation(), 1, "those that were opened since are kept");
        pool.condemn(1, "as the test wants it");
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
    async fn a_slow_statement_whose_caller_goes_away_costs_only_its_own_connection() {
        let Some(pool) = pool_of_test(2).await else { return };
        let mut left = pool.acquire().await.unwrap();
        let slow = statement("SELECT pg_sleep(5)");
        assert!(timeout(Duration::from_millis(100), left.row(&slow)).await.is_err());
        drop(left);
        let kept = pool.acquire().await.unwrap();
        // Its test ends, and its slot is free.
        let other = pool.acquire().await.unwrap();
        assert_eq!(pool.generation(), 0);
        drop((kept, other));
        assert_eq!(pool.idle().len(), 2, "both are used again");
    }

    #[tokio::test]
    async fn connections_that_time_out_one_after_another_spare_those_opened_since() {
        let Some(pool) = pool_of_test(3).await else { return };
        let mut stale = [pool.acquire().await.unwrap(), pool.acquire().await.unwrap()];
        let slow = statement("SELECT pg_sleep(2)");
        stale.iter_mut().for_each(|lease| lease.limit(Duration::from_millis(50)));
        stale[0].row(&slow).await.unwrap_err();
        let fresh = pool.acquire().await.unwrap();
        let backend = fresh.backend().to_owned();
        drop(fresh);
        stale[1].row(&slow).await.unwrap_err();
        assert_eq!(pool.generation(), 1);
        let again = pool.acquire().await.unwrap();
        assert_eq!(again.backend(), backend);
    }
}
