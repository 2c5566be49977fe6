//! A session with PostgreSQL: its settings, and the check that it keeps them.

use std::{
    collections::HashSet,
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use sea_orm::sqlx::{
    self, AssertSqlSafe, Connection, Executor, Row,
    postgres::{PgConnectOptions, PgConnection, PgRow},
};
use tokio::time::Instant;

use super::plans::Plans;
use crate::infrastructure::ids::new_id;

/// The settings of every session, as PostgreSQL shows them. They are verified, as [`Plans`] are, to
/// detect a pooler that drops them or shares one session among several clients.
const SETTINGS: [(&str, &str); 5] = [
    // Limits for statements and idle transactions: a process that was cut off from the network
    // would otherwise keep a competition locked.
    ("statement_timeout", "10s"),
    ("idle_in_transaction_session_timeout", "10s"),
    // For statements outside a transaction: every BEGIN names its isolation level.
    ("default_transaction_isolation", "read committed"),
    // A cached plan outlives the growth of its table, and a sequential scan under SERIALIZABLE
    // conflicts with every writer. Where there is no index it scans all the same, at a cost that
    // would start the JIT compiler.
    ("enable_seqscan", "off"),
    ("jit", "off"),
];

/// Makes the server end the session, and release the locks, of a process that has vanished. Not
/// verified, because Unix sockets ignore it.
const KEEP_ALIVE: &str = "\
    SET tcp_keepalives_idle = 5; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3; \
    SET tcp_user_timeout = 15000";

/// A setting with a random value: another client of the same session would overwrite it.
const MARK: &str = "mini_compete.session";

/// Inspects a new session, inside a SERIALIZABLE transaction.
const INSPECT: &str = "\
    SELECT current_setting('transaction_isolation') AS isolation, \
        current_setting('transaction_read_only') = 'on' AS is_read_only, \
        pg_backend_pid()::text || ' since ' || coalesce((SELECT backend_start::text \
            FROM pg_stat_activity WHERE pid = pg_backend_pid()), '?') AS backend";

/// Why a session is refused.
#[derive(Debug, thiserror::Error)]
pub(super) enum Refusal {
    /// It does not keep its settings.
    #[error(
        "the database session does not keep its settings ({0}). A pooler such as PgBouncer stands \
         between, in transaction or statement mode or with settings that it drops: give it \
         `pool_mode = session`, or connect to PostgreSQL directly"
    )]
    SettingsLost(String),
    /// Two of our connections have one session on the server.
    #[error(
        "two connections share one database session. A pooler such as PgBouncer stands between, \
         in transaction or statement mode, which loses session settings and prepared statements: \
         give it `pool_mode = session`, or connect to PostgreSQL directly"
    )]
    Shared {
        /// Names the server process.
        backend: String,
    },
}

impl From<Refusal> for sqlx::Error {
    fn from(refusal: Refusal) -> Self {
        Self::Configuration(refusal.into())
    }
}

/// The server processes of the open sessions of a pool.
#[derive(Clone, Debug, Default)]
pub(super) struct Backends(Arc<Mutex<HashSet<String>>>);

/// The entry of one session. Dropping it removes it.
#[derive(Debug)]
struct Backend {
    name: String,
    all: Backends,
}

impl Backends {
    fn enter(&self, name: String) -> Result<Backend, Refusal> {
        let is_new = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(name.clone());
        if !is_new {
            return Err(Refusal::Shared { backend: name });
        }
        Ok(Backend { name, all: self.clone() })
    }
}

impl Drop for Backend {
    fn drop(&mut self) {
        self.all.0.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.name);
    }
}

/// A session that was verified when it opened.
pub(super) struct Session {
    pub(super) raw: PgConnection,
    pub(super) opened: Instant,
    /// The generation of the pool when the session opened.
    pub(super) generation: u64,
    /// Whether the server accepts no writes: a standby, or a demoted primary.
    pub(super) is_read_only: bool,
    plans: Plans,
    mark: String,
    backend: Backend,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").field("backend", &self.backend.name).finish_non_exhaustive()
    }
}

impl Session {
    /// Opens a session, applies the settings and verifies them.
    pub(super) async fn open(
        options: &PgConnectOptions,
        plans: Plans,
        generation: u64,
        backends: &Backends,
    ) -> Result<Self, sqlx::Error> {
        let mut raw = PgConnection::connect_with(options).await?;
        let mark = new_id().simple().to_string();
        raw.execute(AssertSqlSafe(settings(&mark, plans))).await?;
        // A separate message: a pooler in transaction mode would switch sessions here.
        let begin = "BEGIN ISOLATION LEVEL SERIALIZABLE; ";
        let found = raw.fetch_all(AssertSqlSafe(format!("{begin}{INSPECT}; COMMIT"))).await?;
        let found = found.first().ok_or(sqlx::Error::RowNotFound)?;
        let isolation: String = found.try_get("isolation")?;
        if isolation != "serializable" {
            let what = format!("a transaction that is to be serializable is {isolation}");
            return Err(Refusal::SettingsLost(what).into());
        }
        let (is_read_only, name) = (found.try_get("is_read_only")?, found.try_get("backend")?);
        verify(&mut raw, &mark, plans).await?;
        let backend = backends.enter(name)?;
        Ok(Self { raw, opened: Instant::now(), generation, is_read_only, plans, mark, backend })
    }

    /// How its statements are planned.
    pub(super) fn plans(&self) -> Plans {
        self.plans
    }

    /// Plans its next statements otherwise.
    pub(super) async fn switch_to(&mut self, plans: Plans) -> Result<(), sqlx::Error> {
        self.raw.execute(AssertSqlSafe(set(Plans::SETTING, plans.value()))).await?;
        self.plans = plans;
        Ok(())
    }

    /// Checks that the session answers and has its settings.
    pub(super) async fn verify(&mut self) -> Result<(), sqlx::Error> {
        verify(&mut self.raw, &self.mark, self.plans).await
    }

    /// Names the server process.
    pub(super) fn backend(&self) -> &str {
        &self.backend.name
    }

    /// Closes the connection.
    pub(super) async fn close(self) {
        let Self { raw, backend, .. } = self;
        // First, because a pooler may give the session to our next connection at once.
        drop(backend);
        let _ = raw.close().await;
    }
}

fn settings(mark: &str, plans: Plans) -> String {
    let settings = SETTINGS.map(|(name, value)| set(name, value)).concat();
    format!("{settings}{}{}{KEEP_ALIVE}", set(Plans::SETTING, plans.value()), set(MARK, mark))
}

fn set(name: &str, value: &str) -> String {
    format!("SET {name} = '{value}'; ")
}

/// Compares the settings of a session with [`SETTINGS`], its plans and its mark.
async fn verify(raw: &mut PgConnection, mark: &str, plans: Plans) -> Result<(), sqlx::Error> {
    let names = SETTINGS.map(|(name, _)| format!("current_setting('{name}'), ")).concat();
    let planned = Plans::SETTING;
    let sql =
        format!("SELECT {names}current_setting('{planned}'), current_setting('{MARK}', true)");
    let rows = raw.fetch_all(AssertSqlSafe(sql)).await?;
    let row: &PgRow = rows.first().ok_or(sqlx::Error::RowNotFound)?;
    let own = [(Plans::SETTING, plans.value()), (MARK, mark)];
    let expected = SETTINGS.iter().copied().chain(own);
    for (column, (name, expected)) in expected.enumerate() {
        let found: Option<String> = row.try_get(column)?;
        if found.as_deref() != Some(expected) {
            let found = found.unwrap_or_default();
            let what = format!("{name} is '{found}' and not '{expected}'");
            return Err(Refusal::SettingsLost(what).into());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sessions_that_are_one_on_the_server_are_refused_while_the_first_is_open() {
        let backends = Backends::default();
        let enter = |name: &str| backends.enter(name.to_owned());
        let first = enter("7 since noon").unwrap();
        assert!(matches!(enter("7 since noon"), Err(Refusal::Shared { .. })));
        enter("8 since noon").unwrap();
        drop(first);
        enter("7 since noon").unwrap();
    }

    #[tokio::test]
    async fn a_session_without_a_setting_or_its_mark_is_refused() {
        let Ok(url) = std::env::var("TEST_DATABASE_URL") else { return };
        let options: PgConnectOptions = url.parse().unwrap();
        let lost = [
            "SET jit = on",
            "RESET statement_timeout",
            "RESET plan_cache_mode",
            "SET mini_compete.session = 'x'",
        ];
        for lost in lost {
            let backends = Backends::default();
            let plans = Plans::Generic;
            let mut session = Session::open(&options, plans, 0, &backends).await.unwrap();
            session.switch_to(Plans::Custom).await.unwrap();
            session.verify().await.unwrap();
            session.raw.execute(lost).await.unwrap();
            let refused = session.verify().await.unwrap_err().to_string();
            assert!(refused.contains("does not keep its settings"), "{lost}: {refused}");
            session.close().await;
        }
    }
}
