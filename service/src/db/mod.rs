//! The connection to the database, and the one place that begins a write transaction.

pub(crate) mod bulk;

use std::{
    ops::Deref,
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbBackend, IsolationLevel,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::{Error, Result, error::is_broken_connection};

/// A statement takes no longer than this on PostgreSQL, and a transaction that asks nothing is ended after as long: a
/// server that was cut off would otherwise keep a competition locked.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(10);
/// How long a request waits for a connection.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// A connection that idled longer is tested before it is used.
const IDLE: Duration = Duration::from_secs(1);
/// How long SQLite waits for another process that writes.
const SQLITE_BUSY_TIMEOUT: Duration = Duration::from_secs(10);
/// A transaction that met a conflict is tried this often in all, for about a second. Measured: of 120 requests
/// for one competition that came to four processes on PostgreSQL at once, six tries left 8 unanswered.
const MAX_TRIES: u32 = 60;
/// The longest pause between two tries, in milliseconds.
const MAX_PAUSE_MS: u64 = 32;

/// A pool of connections to SQLite or PostgreSQL.
#[derive(Debug)]
pub struct Db {
    connection: DatabaseConnection,
    /// On PostgreSQL a pool of its own, whose transactions are SERIALIZABLE without being told: one round trip less
    /// for each. The same pool on SQLite, which knows nothing else.
    serializable: DatabaseConnection,
    /// SQLite has one writer at a time. Queuing for it here is fair and wakes the next at once, which
    /// SQLite's own polling for its lock is and does not.
    sqlite_writer: Semaphore,
    max_connections: u32,
}

impl Db {
    /// Connects to `sqlite://path` (created if missing, with its folder) or `postgres://…`.
    ///
    /// # Errors
    /// When the URL is wrong or the database does not answer.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self> {
        if let Some(folder) = sqlite_folder(url) {
            // SQLite creates its file but not the folder. If this fails, connecting says why.
            let _ = std::fs::create_dir_all(folder);
        }
        if !url.starts_with("sqlite:") {
            // One half of the connections for what is read and locked, the other for what is decided.
            let half = (max_connections / 2).max(1);
            let connection =
                Database::connect(options(url, half, IsolationLevel::ReadCommitted)).await?;
            let mut serializable = options(url, half, IsolationLevel::Serializable);
            serializable.connect_lazy(true);
            let serializable = Database::connect(serializable).await?;
            return Ok(Self {
                connection,
                serializable,
                sqlite_writer: Semaphore::new(1),
                max_connections,
            });
        }
        let connection =
            Database::connect(options(url, max_connections, IsolationLevel::Serializable)).await?;
        let serializable = connection.clone();
        Ok(Self { connection, serializable, sqlite_writer: Semaphore::new(1), max_connections })
    }

    /// Closes every connection.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close(&self) -> Result<()> {
        self.connection.clone().close().await?;
        Ok(self.serializable.clone().close().await?)
    }

    /// The pool, to migrate and for statements that need no transaction.
    pub fn connection(&self) -> &DatabaseConnection {
        &self.connection
    }

    /// Whether it is SQLite, and not PostgreSQL.
    pub(crate) fn is_sqlite(&self) -> bool {
        self.connection.get_database_backend() == DbBackend::Sqlite
    }

    /// A transaction that changes what rules depend on: SERIALIZABLE on PostgreSQL, IMMEDIATE on SQLite.
    /// Dropping it rolls back.
    pub(crate) async fn write(&self) -> Result<WriteTx<'_>> {
        self.begin(&self.serializable).await
    }

    /// A transaction that relies on the row locks it takes: READ COMMITTED on PostgreSQL. For queues and
    /// batches, where SERIALIZABLE would see conflicts that locks and `SKIP LOCKED` have avoided.
    pub(crate) async fn write_locked(&self) -> Result<WriteTx<'_>> {
        self.begin(&self.connection).await
    }

    /// The connection for one statement that changes something and stands for itself.
    pub(crate) async fn autocommit(&self) -> Autocommit<'_> {
        Autocommit { connection: &self.connection, _permit: self.writer().await }
    }

    /// SQLite's turn to write; other databases have no queue.
    async fn writer(&self) -> Option<SemaphorePermit<'_>> {
        if self.is_sqlite() {
            Some(self.sqlite_writer.acquire().await.expect("the semaphore is never closed"))
        } else {
            None
        }
    }

    async fn begin(&self, pool: &DatabaseConnection) -> Result<WriteTx<'_>> {
        let permit = self.writer().await;
        let options = TransactionOptions {
            sqlite_transaction_mode: permit.is_some().then_some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        let mut cut_off = 0;
        let tx = loop {
            let pool = pool.clone();
            // A task of its own, which a caller that goes away does not cancel: half-way through, the driver
            // would leave the session inside a transaction, and swallow what the next one writes there.
            let begin = tokio::spawn(async move { pool.begin_with_options(options).await });
            match begin.await? {
                Ok(tx) => break tx,
                // After a restart of the database each pooled connection fails once. Nothing was begun.
                Err(error) if is_broken_connection(&error) && cut_off < self.max_connections => {
                    cut_off += 1;
                }
                Err(error) => return Err(error.into()),
            }
        };
        Ok(WriteTx { tx, _permit: permit })
    }
}

/// A pool as we want it.
fn options(url: &str, connections: u32, isolation: IsolationLevel) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        // A ping before every use would cost a round trip each; what has idled may have been cut off.
        .test_before_acquire_if_idle_for(IDLE)
        .map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                // What is committed survives a power cut.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(SQLITE_BUSY_TIMEOUT)
        })
        .map_sqlx_postgres_opts(move |options| {
            let limit = |timeout: Duration| timeout.as_millis().to_string();
            options.application_name("mini-compete").options([
                ("statement_timeout", limit(STATEMENT_TIMEOUT)),
                ("idle_in_transaction_session_timeout", limit(STATEMENT_TIMEOUT)),
                ("default_transaction_isolation", isolation.to_string()),
                // A plan that was made while a table was small is kept while the table grows, and a scan under
                // SERIALIZABLE conflicts with every writer of the table. Where there is no index, it scans all the
                // same; that should not be taken for so costly that it is compiled first.
                ("enable_seqscan", "off".to_owned()),
                ("jit", "off".to_owned()),
                // Planning anew for each length of an array takes longer than what is planned.
                ("plan_cache_mode", "force_generic_plan".to_owned()),
            ])
        });
    options
}

/// A write transaction. Dropping it rolls back.
pub(crate) struct WriteTx<'a> {
    tx: DatabaseTransaction,
    _permit: Option<SemaphorePermit<'a>>,
}

impl WriteTx<'_> {
    /// # Errors
    /// [`Error::OutcomeUnknown`] when the connection fails before the answer.
    pub(crate) async fn commit(self) -> Result<()> {
        self.tx.commit().await.map_err(Error::of_commit)
    }
}

impl Deref for WriteTx<'_> {
    type Target = DatabaseTransaction;

    fn deref(&self) -> &DatabaseTransaction {
        &self.tx
    }
}

/// A connection in its turn to write.
pub(crate) struct Autocommit<'a> {
    connection: &'a DatabaseConnection,
    _permit: Option<SemaphorePermit<'a>>,
}

impl Deref for Autocommit<'_> {
    type Target = DatabaseConnection;

    fn deref(&self) -> &DatabaseConnection {
        self.connection
    }
}

/// Runs a transaction again while it meets conflicts with others, a little later each time.
pub(crate) async fn retry<T, F, Fut>(mut attempt: F) -> Result<T>
where
    F: FnMut() -> Fut,
    Fut: Future<Output = Result<T>>,
{
    let mut tries = 1;
    loop {
        match attempt().await {
            Err(error) if error.is_conflict() && tries < MAX_TRIES => {
                tracing::debug!(tries, error = &error as &dyn std::error::Error, "trying again");
                // Up to 4, 8, 16, 32, 32 … ms: the jitter keeps two that collided from colliding again.
                let longest = (2 << tries.min(5)).min(MAX_PAUSE_MS);
                tokio::time::sleep(Duration::from_millis(fastrand::u64(1..=longest))).await;
                tries += 1;
            }
            result => return result,
        }
    }
}

/// The folder of a SQLite file; `None` for databases elsewhere or in memory.
pub fn sqlite_folder(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//").split('?').next()?;
    let folder = Path::new(path).parent().filter(|_| path != ":memory:")?;
    Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_path_buf() })
}
