//! Connections to the database, and the one place that begins write transactions.

mod begin;
pub(crate) mod bulk;
mod connection;
mod list_connection;
mod plans;
mod pool;
mod retry;
mod session;
mod sqlite;
mod write_tx;

use std::time::{Duration, Instant};

use sea_orm::{
    ConnectionTrait, Database, DatabaseConnection, IsolationLevel, SqlxPostgresConnector,
    sqlx::postgres::PgPoolOptions,
};
use tokio::{
    sync::{Semaphore, SemaphorePermit},
    time::timeout,
};

pub(crate) use self::begin::LockedRows;
pub use self::connection::{Connection, Postgres, PostgresTransaction, Transaction};
pub(crate) use self::list_connection::ListConnection;
pub use self::sqlite::sqlite_folder;
use self::{plans::Plans, pool::Pool};
pub(crate) use self::{
    retry::retry,
    write_tx::{Autocommit, WriteTx},
};
use crate::{
    Error, Result, commit_watch, infrastructure::private_files::prepare_sqlite, metrics::DATABASE,
};

/// A pool of connections to SQLite or PostgreSQL.
#[derive(Debug)]
pub struct Db {
    connection: Connection,
    max_connections: u32,
    /// The isolation level of [`begin_serializable`](Self::begin_serializable) on PostgreSQL.
    isolation: IsolationLevel,
    /// SQLite has one writer at a time. This queue is fair and wakes the next writer at once;
    /// SQLite itself polls for its lock.
    sqlite_writer: Semaphore,
    /// The connections that lists may use at a time.
    lists: Semaphore,
    /// The same pool, with a plan for each execution.
    list_connection: Connection,
}

impl Db {
    /// Connects to `sqlite://path` (created if missing, with its folder) or `postgres://…`.
    ///
    /// # Errors
    /// When the URL is wrong or the database does not answer; when a connection pooler does not
    /// give each connection a session of its own.
    pub async fn connect(url: &str, max_connections: u32) -> Result<Self> {
        let connection = if url.starts_with("sqlite:") {
            // Continue if this fails: if the file cannot be used, connecting reports why, and
            // another user's file is that user's responsibility.
            if let Err(error) = prepare_sqlite(url) {
                tracing::warn!(
                    %error,
                    "the permissions of the database file could not be restricted"
                );
            }
            Connection::Sqlite(Database::connect(sqlite::options(url, max_connections)).await?)
        } else {
            let pool = Pool::connect(url, max_connections).await?;
            Connection::Postgres(Postgres { pool, plans: Plans::Generic })
        };
        Ok(Self::new(connection, max_connections))
    }

    fn new(connection: Connection, max_connections: u32) -> Self {
        let list_connection = connection.with_plans(Plans::Custom);
        Self {
            connection,
            list_connection,
            max_connections,
            isolation: IsolationLevel::Serializable,
            sqlite_writer: Semaphore::new(1),
            lists: Semaphore::new(list_connection::share_of(max_connections)),
        }
    }

    /// Runs [`begin_serializable`](Self::begin_serializable) at READ COMMITTED, so that tests prove
    /// that row locks alone are enough.
    #[cfg(any(test, feature = "test-support"))]
    pub(crate) fn weakened_to_read_committed(self) -> Self {
        Self { isolation: IsolationLevel::ReadCommitted, ..self }
    }

    /// Closes all connections.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close(&self) -> Result<()> {
        match &self.connection {
            Connection::Sqlite(db) => Ok(db.clone().close().await?),
            Connection::Postgres(Postgres { pool, .. }) => {
                pool.close().await;
                Ok(())
            }
        }
    }

    /// The pool, for statements that need no transaction.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The pool, for queries whose cost grows with the tables: lists, searches, totals. PostgreSQL
    /// plans each of them for the values of its parameters. They may use a quarter of the
    /// connections at a time and wait for each other, so that slow ones leave connections and
    /// processors to look-ups by key and to writes. Do not call it while holding
    /// another one: the two could wait for each other.
    ///
    /// # Errors
    /// [`Error::TimedOut`] after a wait of ten seconds.
    pub(crate) async fn for_lists(&self) -> Result<ListConnection<'_>> {
        let permit = timeout(list_connection::MAX_WAIT, self.lists.acquire()).await;
        let permit = permit.map_err(|_| Error::TimedOut)?.expect("the semaphore is never closed");
        Ok(ListConnection { connection: &self.list_connection, _permit: permit })
    }

    /// A connection for migrations, without time limits on statements.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn for_migration(&self) -> Result<DatabaseConnection> {
        match &self.connection {
            Connection::Sqlite(db) => Ok(db.clone()),
            Connection::Postgres(Postgres { pool, .. }) => {
                let one = PgPoolOptions::new().max_connections(1);
                let one = one.connect_lazy_with(pool.options().clone());
                Ok(SqlxPostgresConnector::from_sqlx_postgres_pool(one))
            }
        }
    }

    /// The size of the pool.
    pub(crate) fn max_connections(&self) -> u32 {
        self.max_connections
    }

    /// The connections of the pool.
    pub(crate) fn pool_size(&self) -> PoolSize {
        let (idle, used) = match &self.connection {
            Connection::Sqlite(db) => {
                let pool = db.get_sqlite_connection_pool();
                let idle = pool.num_idle();
                (idle, (pool.size() as usize).saturating_sub(idle))
            }
            Connection::Postgres(Postgres { pool, .. }) => {
                let max = self.max_connections as usize;
                (pool.idle_count(), max.saturating_sub(pool.free_slots()))
            }
        };
        PoolSize { idle: bounded(idle), used: bounded(used) }
    }

    /// Whether the database is SQLite; PostgreSQL otherwise.
    pub(crate) fn is_sqlite(&self) -> bool {
        matches!(self.connection, Connection::Sqlite(_))
    }

    /// Incremented when connections are replaced.
    pub(crate) fn generation(&self) -> u64 {
        match &self.connection {
            Connection::Sqlite(_) => 0,
            Connection::Postgres(Postgres { pool, .. }) => pool.generation(),
        }
    }

    /// Retires the connections that were open at `generation`, because a read on one of them timed
    /// out and all of them may be dead. If all are in use, the read rather timed out waiting for a
    /// connection, and nothing is retired.
    pub(crate) fn replace_connections(&self, generation: u64, why: &str) {
        if let Connection::Postgres(Postgres { pool, .. }) = &self.connection
            && pool.has_free_slot()
        {
            pool.retire(generation, why);
        }
    }

    /// Checks on a pooled connection that the database answers and accepts writes.
    pub(crate) async fn check_writable(&self) -> Result<()> {
        match &self.connection {
            Connection::Sqlite(db) => {
                db.execute_unprepared("SELECT 1").await?;
                Ok(())
            }
            Connection::Postgres(db) => Ok(db.check_writable().await?),
        }
    }

    /// Checks that SQLite's queue of writers moves.
    ///
    /// # Errors
    /// When it does not within `limit`.
    pub(crate) async fn check_writer(&self, limit: Duration) -> Result<()> {
        let permit = timeout(limit, self.writer_permit()).await;
        permit.map(drop).map_err(|_| Error::TimedOut)
    }

    /// A connection for a single write statement, which is its own transaction.
    pub(crate) async fn autocommit(&self) -> Autocommit<'_> {
        let permit = self.writer_permit().await;
        commit_watch::statement_begins();
        Autocommit { connection: &self.connection, _permit: permit }
    }

    /// Lets SQLite count the rows of tables that have grown since it last did: without such
    /// statistics it picks an index by guess. PostgreSQL does this by itself.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn update_statistics(&self) -> Result<()> {
        if self.is_sqlite() {
            self.autocommit().await.execute_unprepared(sqlite::UPDATE_STATISTICS).await?;
        }
        Ok(())
    }

    /// Counts the rows of all tables for the planner, without a time limit. PostgreSQL also notes
    /// which pages indexes can answer for alone.
    ///
    /// # Errors
    /// When the database fails.
    pub(crate) async fn analyze(&self) -> Result<()> {
        let _permit = self.writer_permit().await;
        let statement = if self.is_sqlite() { "ANALYZE" } else { "VACUUM (ANALYZE)" };
        self.for_migration().await?.execute_unprepared(statement).await?;
        Ok(())
    }

    /// Waits in SQLite's queue of writers; PostgreSQL has none.
    pub(crate) async fn writer_permit(&self) -> Option<SemaphorePermit<'_>> {
        if self.is_sqlite() {
            let began = Instant::now();
            let permit = self.sqlite_writer.acquire().await;
            DATABASE.writer(began.elapsed());
            Some(permit.expect("the semaphore is never closed"))
        } else {
            None
        }
    }
}

/// The connections of a pool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PoolSize {
    pub(crate) idle: u32,
    pub(crate) used: u32,
}

fn bounded(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use sea_orm::{DbBackend, Statement};
    use tokio::time::{Instant, sleep};

    use super::*;
    use crate::{
        infrastructure::coalesced_read::{READ_TIMEOUT, read_with_timeout},
        testing::World,
    };

    fn on(pool: &Pool) -> Db {
        let pool = pool.clone();
        Db::new(Connection::Postgres(Postgres { pool, plans: Plans::Generic }), 1)
    }

    async fn never_ending_read() -> Result<()> {
        std::future::pending().await
    }

    #[tokio::test(start_paused = true)]
    async fn a_read_that_times_out_retires_connections_unless_all_were_in_use() {
        let began = Instant::now();
        let busy = pool::tests::unopened(0);
        assert!(matches!(
            read_with_timeout(&on(&busy), never_ending_read).await,
            Err(Error::TimedOut)
        ));
        assert_eq!(busy.generation(), 0);
        assert!(began.elapsed() < 3 * READ_TIMEOUT, "it was tried twice: {:?}", began.elapsed());
        let free = pool::tests::unopened(1);
        assert!(matches!(
            read_with_timeout(&on(&free), never_ending_read).await,
            Err(Error::TimedOut)
        ));
        assert_eq!(free.generation(), 1);
    }

    #[tokio::test(start_paused = true)]
    async fn concurrent_reads_that_time_out_retire_connections_once() {
        let pool = pool::tests::unopened(1);
        let db = on(&pool);
        let later = async {
            sleep(Duration::from_secs(1)).await;
            read_with_timeout(&db, never_ending_read).await
        };
        let (first, second) = tokio::join!(read_with_timeout(&db, never_ending_read), later);
        assert!(first.is_err() && second.is_err());
        assert_eq!(pool.generation(), 1);
    }

    #[tokio::test]
    async fn a_change_that_a_server_refuses_is_made_over_a_new_connection() {
        let world = World::new().await;
        let db = &world.ctx.db;
        if db.is_sqlite() {
            return;
        }
        // The session that was used last is used next.
        db.connection().execute_unprepared("SET default_transaction_read_only = on").await.unwrap();
        let change = "INSERT INTO login_attempts (key, failures, since) VALUES ('k', 1, now())";
        let change = Statement::from_string(DbBackend::Postgres, change);
        db.connection().execute_raw(change).await.unwrap();
        assert_eq!(db.generation(), 1, "connections of the same age are to the same server");
    }
}
