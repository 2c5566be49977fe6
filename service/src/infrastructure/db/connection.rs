//! The pool and transactions as SeaORM connections: SeaORM's own for SQLite, ours for PostgreSQL.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement, TransactionTrait,
};
use tokio::{
    sync::Mutex,
    time::{Duration, Instant, sleep},
};

use super::{
    plans::Plans,
    pool::{Pool, PooledConnection},
};
use crate::Error;

/// How long a statement that changed nothing is retried when its connection is lost; once in any
/// case.
const RETRY_FOR: Duration = Duration::from_secs(3);
/// Milliseconds before a retry, with jitter: another server may take over.
const RETRY_MS: std::ops::Range<u64> = 50..200;

/// A pool of connections, for statements outside a transaction. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Connection {
    /// To a file.
    Sqlite(DatabaseConnection),
    /// To a server.
    Postgres(Postgres),
}

/// The connections to a PostgreSQL.
#[derive(Clone, Debug)]
pub struct Postgres {
    pub(super) pool: Pool,
    /// How statements are planned.
    pub(super) plans: Plans,
}

/// A transaction. Dropping it rolls back.
#[derive(Debug)]
pub enum Transaction {
    /// On a file.
    Sqlite(DatabaseTransaction),
    /// On a server.
    Postgres(PostgresTransaction),
}

/// A transaction on PostgreSQL. Concurrent statements wait for each other.
#[derive(Debug)]
pub struct PostgresTransaction(Mutex<PooledConnection>);

impl Connection {
    /// Begins a transaction at the default isolation level of the database.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        match self {
            Self::Sqlite(db) => Ok(Transaction::Sqlite(db.begin().await?)),
            Self::Postgres(db) => Ok(db.begin("BEGIN", None).await?.0),
        }
    }

    /// The same pool, with statements planned otherwise.
    pub(super) fn with_plans(&self, plans: Plans) -> Self {
        match self {
            Self::Sqlite(db) => Self::Sqlite(db.clone()),
            Self::Postgres(Postgres { pool, .. }) => {
                Self::Postgres(Postgres { pool: pool.clone(), plans })
            }
        }
    }
}

impl Postgres {
    async fn acquire(&self) -> Result<PooledConnection, DbErr> {
        self.pool.acquire(self.plans).await
    }

    /// Begins a transaction with `begin`, which may be several statements, and returns their rows.
    /// A lost connection is replaced, because nothing has begun. `response_timeout` limits every
    /// statement but the COMMIT; with it a lost connection is an error, so that only the caller
    /// retries.
    pub(super) async fn begin(
        &self,
        begin: &str,
        response_timeout: Option<Duration>,
    ) -> Result<(Transaction, Vec<QueryResult>), DbErr> {
        let mut tries = Tries::default();
        loop {
            let mut connection = self.acquire().await?;
            if let Some(timeout) = response_timeout {
                connection.set_response_timeout(timeout);
            }
            match connection.begin(begin).await {
                Ok(rows) => {
                    let transaction = PostgresTransaction(Mutex::new(connection));
                    let rows = rows.into_iter().map(Into::into).collect();
                    return Ok((Transaction::Postgres(transaction), rows));
                }
                Err(error) if response_timeout.is_some() => return Err(error),
                Err(error) => tries.fail(error, true).await?,
            }
        }
    }

    /// Fails unless the server accepts writes.
    pub(super) async fn check_writable(&self) -> Result<(), DbErr> {
        let mut connection = self.acquire().await?;
        let sql = "SELECT current_setting('transaction_read_only') AS is_read_only";
        let row = connection.row(&Statement::from_string(DbBackend::Postgres, sql)).await?;
        let is_read_only: Option<String> = match row {
            Some(row) => QueryResult::from(row).try_get("", "is_read_only")?,
            None => None,
        };
        if connection.is_read_only() || is_read_only.as_deref() != Some("off") {
            connection.retire_all("the server accepts no writes");
            let message = "the database server accepts no writes".to_owned();
            return Err(DbErr::Conn(RuntimeErr::Internal(message)));
        }
        Ok(())
    }
}

/// The tries of a statement.
struct Tries {
    since: Instant,
    /// Tries that lost their connection.
    losses: u32,
}

impl Default for Tries {
    fn default() -> Self {
        Self { since: Instant::now(), losses: 0 }
    }
}

impl Tries {
    /// Waits and returns if the statement may be tried again. `is_repeatable` if it changes
    /// nothing, so that a lost connection leaves nothing unknown.
    ///
    /// # Errors
    /// `error` if it may not.
    async fn fail(&mut self, error: DbErr, is_repeatable: bool) -> Result<(), DbErr> {
        let lost = Error::Db(error);
        let may = lost.is_refused_write() || (is_repeatable && lost.has_lost_connection());
        let Error::Db(error) = lost else { return Ok(()) };
        if !may || (self.losses > 0 && self.since.elapsed() > RETRY_FOR) {
            return Err(error);
        }
        self.losses += 1;
        sleep(Duration::from_millis(fastrand::u64(RETRY_MS))).await;
        Ok(())
    }
}

/// Whether a statement certainly changes nothing.
fn only_reads(statement: &Statement) -> bool {
    statement.sql.starts_with("SELECT ")
}

#[async_trait::async_trait]
impl ConnectionTrait for Connection {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Sqlite(db) => db.get_database_backend(),
            Self::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let db = match self {
            Self::Sqlite(db) => return db.execute_raw(statement).await,
            Self::Postgres(db) => db,
        };
        let mut tries = Tries::default();
        loop {
            match db.acquire().await?.execute(&statement).await {
                Ok(result) => return Ok(result.into()),
                Err(error) => tries.fail(error, only_reads(&statement)).await?,
            }
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Sqlite(db) => db.execute_unprepared(sql).await,
            Self::Postgres(db) => Ok(db.acquire().await?.simple(sql).await?.into()),
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let db = match self {
            Self::Sqlite(db) => return db.query_one_raw(statement).await,
            Self::Postgres(db) => db,
        };
        let mut tries = Tries::default();
        loop {
            match db.acquire().await?.row(&statement).await {
                Ok(row) => return Ok(row.map(Into::into)),
                Err(error) => tries.fail(error, only_reads(&statement)).await?,
            }
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let db = match self {
            Self::Sqlite(db) => return db.query_all_raw(statement).await,
            Self::Postgres(db) => db,
        };
        let mut tries = Tries::default();
        loop {
            match db.acquire().await?.rows(&statement).await {
                Ok(rows) => return Ok(rows.into_iter().map(Into::into).collect()),
                Err(error) => tries.fail(error, only_reads(&statement)).await?,
            }
        }
    }
}

impl Transaction {
    /// Commits.
    ///
    /// # Errors
    /// When the database fails; whether it has committed is unknown.
    pub async fn commit(self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.0.into_inner().commit().await,
        }
    }

    /// Rolls back.
    ///
    /// # Errors
    /// When the database fails; nothing was committed.
    pub async fn rollback(self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(tx) => tx.rollback().await,
            Self::Postgres(tx) => tx.0.into_inner().rollback().await,
        }
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Transaction {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Sqlite(tx) => tx.get_database_backend(),
            Self::Postgres(_) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Sqlite(tx) => tx.execute_raw(statement).await,
            Self::Postgres(tx) => Ok(tx.0.lock().await.execute(&statement).await?.into()),
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Sqlite(tx) => tx.execute_unprepared(sql).await,
            Self::Postgres(tx) => Ok(tx.0.lock().await.simple(sql).await?.into()),
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(tx) => tx.query_one_raw(statement).await,
            Self::Postgres(tx) => Ok(tx.0.lock().await.row(&statement).await?.map(Into::into)),
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Sqlite(tx) => tx.query_all_raw(statement).await,
            Self::Postgres(tx) => {
                let rows = tx.0.lock().await.rows(&statement).await?;
                Ok(rows.into_iter().map(Into::into).collect())
            }
        }
    }
}
