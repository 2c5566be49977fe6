//! Beginning write transactions.

use std::time::Duration;

use sea_orm::QueryResult;

use super::{Connection, Db, Transaction, WriteTx, sqlite};
use crate::Result;

/// How long the server lets a statement of admission run, and its transaction be idle: the locks of
/// a process that was cut off from the network are free again before that process notices it.
const STATEMENT_TIMEOUT: Duration = Duration::from_secs(4);
/// After this time without a response, the connection of a transaction of admission counts as dead.
const RESPONSE_TIMEOUT: Duration = Duration::from_secs(5);

impl Db {
    /// Begins a write transaction at SERIALIZABLE on PostgreSQL, IMMEDIATE on SQLite: for changes
    /// that a rule depends on. Dropping it rolls back.
    pub(crate) async fn begin_serializable(&self) -> Result<WriteTx<'_>> {
        self.begin(&format!("BEGIN ISOLATION LEVEL {}", self.isolation), None).await
    }

    /// Begins the same transaction with the statement `lock`, which locks rows and has no
    /// parameters. Whatever the isolation level, later reads see what the previous holder of the
    /// lock has committed. On PostgreSQL both go in one round trip and are not retried here, and no
    /// statement of the transaction waits for a lock for longer than `max_wait`. SQLite ignores
    /// both: it has one writer at a time.
    ///
    /// Rows are joined by index: for a hash or merge join of a small table the planner reads all
    /// of it, and SERIALIZABLE then reports a conflict with a neighbour that changes any row.
    pub(crate) async fn begin_serializable_with_lock(
        &self,
        lock: &str,
        max_wait: Duration,
    ) -> Result<LockedRows<'_>> {
        let begin = format!(
            "BEGIN ISOLATION LEVEL {}; SET LOCAL lock_timeout = {}; SET LOCAL statement_timeout \
             = {limit}; SET LOCAL idle_in_transaction_session_timeout = {limit}; \
             SET LOCAL enable_hashjoin = off; SET LOCAL enable_mergejoin = off; {lock}",
            self.isolation,
            max_wait.as_millis(),
            limit = STATEMENT_TIMEOUT.as_millis(),
        );
        self.begin_returning(&begin, Some(RESPONSE_TIMEOUT)).await
    }

    /// Begins a write transaction at READ COMMITTED on PostgreSQL, IMMEDIATE on SQLite: for queues
    /// and batches, which rely on row locks. SERIALIZABLE would report conflicts that the locks and
    /// `SKIP LOCKED` have avoided.
    pub(crate) async fn begin_read_committed(&self) -> Result<WriteTx<'_>> {
        self.begin("BEGIN ISOLATION LEVEL READ COMMITTED", None).await
    }

    async fn begin(&self, begin: &str, limit: Option<Duration>) -> Result<WriteTx<'_>> {
        Ok(self.begin_returning(begin, limit).await?.tx)
    }

    async fn begin_returning(
        &self,
        begin: &str,
        limit: Option<Duration>,
    ) -> Result<LockedRows<'_>> {
        let permit = self.writer_permit().await;
        let (tx, rows) = match &self.connection {
            Connection::Sqlite(db) => {
                (Transaction::Sqlite(sqlite::begin_immediate(db.clone()).await?), None)
            }
            Connection::Postgres(db) => {
                let (tx, rows) = db.begin(begin, limit).await?;
                (tx, Some(rows))
            }
        };
        Ok(LockedRows { tx: WriteTx { tx, _permit: permit }, rows })
    }
}

/// A transaction that has begun with a lock.
pub(crate) struct LockedRows<'a> {
    pub(crate) tx: WriteTx<'a>,
    /// The rows that were locked; `None` on SQLite, where the transaction is the only writer.
    pub(crate) rows: Option<Vec<QueryResult>>,
}

#[cfg(test)]
mod tests {
    use sea_orm::{ConnectionTrait, DbBackend, Statement};
    use tokio::time::sleep;

    use super::*;
    use crate::{Error, testing::World};

    #[tokio::test]
    async fn the_locks_of_a_lost_connection_are_free_before_its_client_gives_it_up() {
        let world = World::new().await;
        let db = &world.ctx.db;
        if db.is_sqlite() {
            return;
        }
        let locks = db.begin_serializable_with_lock("SELECT 1", Duration::from_secs(3)).await;
        let locks = locks.unwrap();
        sleep(RESPONSE_TIMEOUT).await;
        let select = Statement::from_string(DbBackend::Postgres, "SELECT 1");
        let ended = Error::from(locks.tx.execute_raw(select).await.unwrap_err());
        assert!(ended.has_lost_connection(), "{ended}");
    }

    #[tokio::test]
    async fn a_locking_begin_that_fails_is_not_retried_by_the_connection() {
        let world = World::new().await;
        let db = &world.ctx.db;
        if db.is_sqlite() {
            return;
        }
        world.execute("CREATE SEQUENCE begins").await.unwrap();
        // A rollback does not reset a sequence, so it counts the tries.
        let lost = "SELECT nextval('begins'); SELECT pg_terminate_backend(pg_backend_pid())";
        let Err(error) = db.begin_serializable_with_lock(lost, Duration::from_secs(3)).await else {
            panic!("the transaction has begun")
        };
        assert!(error.has_lost_connection());
        let begins = Statement::from_string(DbBackend::Postgres, "SELECT last_value FROM begins");
        let begins = db.connection().query_one_raw(begins).await.unwrap().unwrap();
        assert_eq!(begins.try_get::<i64>("", "last_value").unwrap(), 1);
    }
}
