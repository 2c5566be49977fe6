//! SQLite's shell with only the statements that a registration needs, one transaction after the
//! other.

use std::time::{Duration, Instant};

use crate::{Result, http::Latencies, sql::Database, table::Measured};

/// Registers participants for a new competition in the product's tables, for `time` or until all
/// are registered.
pub(crate) fn sqlite(database: &mut Database, people: usize, time: Duration) -> Result<Measured> {
    let competitions = database.add_competitions(1, people)?;
    let competition = database.id(competitions.start);
    let began = Instant::now();
    let mut latencies = Vec::new();
    for number in 1..=people {
        if began.elapsed() >= time {
            break;
        }
        let participant = database.id(number);
        let start = Instant::now();
        database.shell.run(&format!(
            "BEGIN IMMEDIATE;
             SELECT capacity, registered, reg_deadline FROM competitions WHERE id = {competition};
             INSERT INTO registrations
                 (id, user_id, competition_id, status, idempotency_key, registered_at, updated_at)
               VALUES (randomblob(16), {participant}, {competition}, 'PENDING', '{number}',
                 datetime(), datetime());
             UPDATE competitions SET registered = registered + 1, version = version + 1
               WHERE id = {competition};
             COMMIT;"
        ))?;
        latencies.push(start.elapsed());
    }
    let elapsed = began.elapsed();
    let (taken, rows) = database.seats(&competitions)?;
    if (taken, rows) != (latencies.len(), latencies.len()) {
        return Err(format!(
            "{taken} seats taken and {rows} rows by {} transactions",
            latencies.len()
        )
        .into());
    }
    Ok(Measured::rate(rows, elapsed).with(&Latencies::new(latencies)))
}
