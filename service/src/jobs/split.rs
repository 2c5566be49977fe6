//! Splitting a job of several items into jobs of one item each.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::{Ticket, new_job, reason::shortened};
use crate::{
    Context, Result,
    entity::job::{self, State},
    infrastructure::db::bulk,
};

/// Replaces a job of several items, in a transaction that has locked its row, by jobs of one item
/// each that are due at `run_at` and have its lost leases and postponements. So only the item at
/// fault fails again, or kills another worker. Returns their tickets; none if the job stays as it
/// is, because it has one item or this program cannot read it.
pub(super) async fn split(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    row: &job::Model,
    run_at: DateTime<Utc>,
    reason: &str,
) -> Result<Vec<Ticket>> {
    if row.items <= 1 {
        return Ok(Vec::new());
    }
    let jobs = ctx.jobs.split(&row.kind, &row.payload);
    if jobs.is_empty() {
        return Ok(Vec::new());
    }
    tracing::warn!(job.id = %row.id, job.kind = row.kind, items = row.items, reason, "job split");
    let mut rows = new_job::rows(ctx.now(), jobs);
    for part in &mut rows {
        part.state = State::Waiting;
        part.run_at = run_at;
        part.lost_leases = row.lost_leases;
        part.postponements = row.postponements;
        part.last_error = Some(shortened(reason));
        part.created_at = row.created_at;
    }
    let tickets = rows.iter().map(|row| Ticket::of(ctx, row)).collect();
    job::Entity::delete_by_id(row.id).exec(tx).await?;
    bulk::insert(tx, rows).await?;
    Ok(tickets)
}
