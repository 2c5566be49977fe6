//! Filling in a column of rows that are there already.

use std::time::Duration;

use sea_orm_migration::sea_orm::{ConnectionTrait, DbErr};
use tokio::time::Instant;

/// Rows filled in by one statement.
const BATCH: u64 = 10_000;
/// How often it says how far it is.
const REPORT: Duration = Duration::from_secs(10);

/// Carries out `UPDATE table SET set` for all rows for which `missing` holds, a batch at a time;
/// answers with how many there were. `set` must make `missing` false, or it would not end. `key` is
/// the primary key of the table.
///
/// # Errors
/// When the database fails. Outside of a transaction, what was filled in by then stays, and a second call goes on there.
pub async fn backfill(
    db: &impl ConnectionTrait,
    (table, key): (&str, &str),
    set: &str,
    missing: &str,
) -> Result<u64, DbErr> {
    let some = format!("SELECT {key} FROM {table} WHERE {missing} LIMIT {BATCH}");
    let update = format!("UPDATE {table} SET {set} WHERE {key} IN ({some})");
    let (mut filled, mut reported) = (0, Instant::now());
    loop {
        let rows = db.execute_unprepared(&update).await?.rows_affected();
        filled += rows;
        if rows == 0 {
            return Ok(filled);
        }
        if reported.elapsed() >= REPORT {
            reported = Instant::now();
            tracing::info!(table, rows = filled, "filling in a new column");
        }
    }
}
