//! One process migrates at a time.

use std::time::Duration;

use sea_orm_migration::sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, RuntimeErr,
    SqliteTransactionMode, Statement, TransactionOptions, TransactionTrait, sqlx,
};
use tokio::time::{Instant, sleep};

/// Names the advisory lock among all that an application may take on a PostgreSQL database.
const LOCK: i64 = 0x006d_696e_6963_6f6d;
/// The time limits of the pool are for requests. A migration, and a process that waits for one,
/// have none. Each statement sees what was committed before it, whatever the default of the role: a
/// process that has waited must see what the one before it has done.
const SETTINGS: &str = "SET TRANSACTION ISOLATION LEVEL READ COMMITTED; \
                        SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = 0; \
                        SET LOCAL idle_in_transaction_session_timeout = 0";
/// How often a waiting process tries to take the lock. A statement that waits for it could meet the
/// time limit of a pooler.
const POLL: Duration = Duration::from_millis(200);
/// How often a waiting process logs that it waits.
const REPORT: Duration = Duration::from_secs(10);
/// The primary result code in the low byte of SQLite's extended one: the file is locked.
const SQLITE_BUSY: i32 = 5;

/// Begins a transaction that holds the migration lock: on SQLite the write lock of the file.
pub(crate) async fn begin(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let mut waiting = Waiting::new();
    loop {
        let options = TransactionOptions {
            sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
            ..Default::default()
        };
        match db.begin_with_options(options).await {
            Ok(tx) if tx.get_database_backend() != DbBackend::Postgres => return Ok(tx),
            Ok(tx) => {
                tx.execute_unprepared(SETTINGS).await?;
                while !try_lock(&tx).await? {
                    waiting.pause().await;
                }
                return Ok(tx);
            }
            Err(error) if is_busy(&error) => waiting.pause().await,
            Err(error) => return Err(error),
        }
    }
}

async fn try_lock(tx: &DatabaseTransaction) -> Result<bool, DbErr> {
    let sql = format!("SELECT pg_try_advisory_xact_lock({LOCK}) AS ours");
    let row = tx.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    row.ok_or_else(|| DbErr::Custom("a lock without an answer".to_owned()))?.try_get("", "ours")
}

fn is_busy(error: &DbErr) -> bool {
    let (DbErr::Exec(error) | DbErr::Query(error) | DbErr::Conn(error)) = error else {
        return false;
    };
    let RuntimeErr::SqlxError(error) = error else { return false };
    let Some(error) = error.as_database_error() else { return false };
    error.try_downcast_ref::<sqlx::sqlite::SqliteError>().is_some()
        && error
            .code()
            .and_then(|code| code.parse().ok())
            .is_some_and(|code: i32| code & 0xff == SQLITE_BUSY)
}

/// A process that waits for another one to migrate.
struct Waiting {
    since: Instant,
    reported: Instant,
}

impl Waiting {
    fn new() -> Self {
        Self { since: Instant::now(), reported: Instant::now() }
    }

    async fn pause(&mut self) {
        sleep(POLL).await;
        if self.reported.elapsed() >= REPORT {
            self.reported = Instant::now();
            let seconds = self.since.elapsed().as_secs();
            tracing::info!(seconds, "waiting for another process to migrate the database");
        }
    }
}
