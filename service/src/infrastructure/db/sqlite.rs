//! SQLite: its options, its transactions, and the folder of its file.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sea_orm::{
    ConnectOptions, DatabaseConnection, DatabaseTransaction, SqliteTransactionMode,
    TransactionOptions, TransactionTrait,
    sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous},
};

use crate::Result;

/// How long a request waits for a connection to SQLite.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(10);
/// How long SQLite waits for the write lock of another process.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// Analyses every table whose size has changed much since it was last analysed, from a sample of
/// its rows. <https://www.sqlite.org/pragma.html#pragma_optimize>
pub(super) const UPDATE_STATISTICS: &str = "PRAGMA optimize = 0x10002";

/// Options for a pool on a SQLite file.
pub(super) fn options(url: &str, connections: u32) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .max_connections(connections)
        .acquire_timeout(ACQUIRE_TIMEOUT)
        .connect_timeout(ACQUIRE_TIMEOUT)
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_sqlite_opts(|options| {
            options
                .create_if_missing(true)
                .foreign_keys(true)
                .journal_mode(SqliteJournalMode::Wal)
                // Commits survive a power cut.
                .synchronous(SqliteSynchronous::Full)
                .busy_timeout(BUSY_TIMEOUT)
        });
    options
}

/// Begins in a task of its own, so that dropping the caller's future does not cancel it half-way:
/// the driver would leave the session inside a transaction, and the next writes there uncommitted.
pub(super) async fn begin_immediate(db: DatabaseConnection) -> Result<DatabaseTransaction> {
    let options = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..Default::default()
    };
    Ok(tokio::spawn(async move { db.begin_with_options(options).await }).await??)
}

/// The folder of a SQLite file; `None` for databases elsewhere or in memory.
pub fn sqlite_folder(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?.trim_start_matches("//").split('?').next()?;
    let folder = Path::new(path).parent().filter(|_| path != ":memory:")?;
    Some(if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_path_buf() })
}
