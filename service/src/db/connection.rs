//! What statements are asked on: the pool, and a transaction. SeaORM's own for SQLite, ours for
//! PostgreSQL.

use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement, TransactionTrait,
};
use tokio::{
    sync::Mutex,
    time::{Duration, Instant, sleep},
};

use super::{lease::Lease, pool::Pool};
use crate::Error;

/// For so long a statement that changed nothing is tried again when its connection is lost; once in
/// any case.
const RETRY_FOR: Duration = Duration::from_secs(3);
/// The pause before it, in milliseconds: another server may take over.
const PAUSE_MS: std::ops::Range<u64> = 50..200;

/// The connections to the database, for statements that need no transaction. Cheap to clone.
#[derive(Clone, Debug)]
pub enum Connection {
    /// To a file.
    Sqlite(DatabaseConnection),
    /// To a server.
    Postgres(Postgres),
}

/// The connections to a PostgreSQL.
#[derive(Clone, Debug)]
pub struct Postgres(pub(super) Pool);

/// A transaction. Dropping it rolls back.
#[derive(Debug)]
pub enum Transaction {
    /// On a file.
    Sqlite(DatabaseTransaction),
    /// On a server.
    Postgres(PostgresTransaction),
}

/// A transaction on a PostgreSQL. Statements that are asked at the same time take turns.
#[derive(Debug)]
pub struct PostgresTransaction(Mutex<Lease>);

impl Connection {
    /// A transaction with the isolation that the database gives unasked.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn begin(&self) -> Result<Transaction, DbErr> {
        match self {
            Self::Sqlite(db) => Ok(Transaction::Sqlite(db.begin().await?)),
            Self::Postgres(db) => db.begin("BEGIN", None).await,
        }
    }
}

impl Postgres {
    /// Sends `begin`, which may be several statements. A connection that is lost meanwhile is
    /// replaced: nothing was begun. With `limit`, no statement but the last takes longer, and it is
    /// for the caller to try again: twice as often would be twice as long.
    pub(super) async fn begin(
        &self,
        begin: &str,
        limit: Option<Duration>,
    ) -> Result<Transaction, DbErr> {
        let mut tries = Tries::default();
        loop {
            let mut lease = self.0.acquire().await?;
            if let Some(limit) = limit {
                lease.limit(limit);
            }
            match lease.begin(begin).await {
                Ok(()) => return Ok(Transaction::Postgres(PostgresTransaction(Mutex::new(lease)))),
                Err(error) if limit.is_some() => return Err(error),
                Err(error) => tries.fail(error, true).await?,
            }
        }
    }

    /// Whether the server takes changes; `Err` if not.
    pub(super) async fn check_writable(&self) -> Result<(), DbErr> {
        let mut lease = self.0.acquire().await?;
        let sql = "SELECT current_setting('transaction_read_only') AS reads_only";
        let row = lease.row(&Statement::from_string(DbBackend::Postgres, sql)).await?;
        let reads_only: Option<String> = match row {
            Some(row) => QueryResult::from(row).try_get("", "reads_only")?,
            None => None,
        };
        if lease.reads_only() || reads_only.as_deref() != Some("off") {
            lease.condemn_all("the server takes no changes");
            let message = "the database server takes no changes".to_owned();
            return Err(DbErr::Conn(RuntimeErr::Internal(message)));
        }
        Ok(())
    }
}

/// How often something was tried.
struct Tries {
    since: Instant,
    losses: u32,
}

impl Default for Tries {
    fn default() -> Self {
        Self { since: Instant::now(), losses: 0 }
    }
}

impl Tries {
    /// Returns when it is to be tried again, or what it failed with. `is_repeatable` when it
    /// changes nothing, or nothing yet: then a lost connection is no more than that.
    async fn fail(&mut self, error: DbErr, is_repeatable: bool) -> Result<(), DbErr> {
        let lost = Error::Db(error);
        let may = lost.is_refused_write() || (is_repeatable && lost.has_lost_connection());
        let Error::Db(error) = lost else { return Ok(()) };
        if !may || (self.losses > 0 && self.since.elapsed() > RETRY_FOR) {
            return Err(error);
        }
        self.losses += 1;
        sleep(Duration::from_millis(fastrand::u64(PAUSE_MS))).await;
        Ok(())
    }
}

/// Whether a statement changes nothing. Those that are not sure do.
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
        let pool = match self {
            Self::Sqlite(db) => return db.execute_raw(statement).await,
            Self::Postgres(Postgres(pool)) => pool,
        };
        let mut tries = Tries::default();
        loop {
            match pool.acquire().await?.execute(&statement).await {
                Ok(result) => return Ok(result.into()),
                Err(error) => tries.fail(error, only_reads(&statement)).await?,
            }
        }
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Sqlite(db) => db.execute_unprepared(sql).await,
            Self::Postgres(Postgres(pool)) => Ok(pool.acquire().await?.simple(sql).await?.into()),
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let pool = match self {
            Self::Sqlite(db) => return db.query_one_raw(statement).await,
            Self::Postgres(Postgres(pool)) => pool,
        };
        let mut tries = Tries::default();
        loop {
            match pool.acquire().await?.row(&statement).await {
                Ok(row) => return Ok(row.map(Into::into)),
                Err(error) => tries.fail(error, only_reads(&statement)).await?,
            }
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let pool = match self {
            Self::Sqlite(db) => return db.query_all_raw(statement).await,
            Self::Postgres(Postgres(pool)) => pool,
        };
        let mut tries = Tries::default();
        loop {
            match pool.acquire().await?.rows(&statement).await {
                Ok(rows) => return Ok(rows.into_iter().map(Into::into).collect()),
                Err(error) => tries.fail(error, only_reads(&statement)).await?,
            }
        }
    }
}

impl Transaction {
    /// Keeps all that was done in it.
    ///
    /// # Errors
    /// When the database fails: everything was kept or nothing.
    pub async fn commit(self) -> Result<(), DbErr> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.0.into_inner().commit().await,
        }
    }

    /// Keeps nothing of it.
    ///
    /// # Errors
    /// When the database fails; nothing was kept.
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
