//! Postponing jobs while a service that they need is unavailable. A postponement is not an attempt,
//! so that there is no limit on their number.

use std::collections::BTreeMap;

use domain::JobId;
use sea_orm::{
    Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, LockType},
};

use super::{
    backoff::after_postponement,
    claim::{Claim, Timestamptz, held, held_at},
    reason::shortened,
    split::split,
};
use crate::{
    Context, Result,
    entity::job::{self, State},
    infrastructure::db::bulk::any_of,
};

/// The postponements after which a job of several items is split: one of them may be what delays
/// it, such as a row that is locked.
const SPLIT_AFTER: i32 = 2;

/// Delays claimed jobs by a pause that grows with each postponement, up to five minutes. Their
/// attempts stay as they are. Jobs that were postponed equally often share one pause, so that they
/// form a batch again.
///
/// # Errors
/// When the database fails; the leases expire then.
pub async fn postpone(ctx: &Context, claims: &[Claim], reason: &str) -> Result<()> {
    let ours = held(ctx.db.connection(), claims);
    postpone_rows(ctx, ours, reason).await
}

/// Postpones a job whose payload this program cannot read. If that fails, its lease expires.
pub(super) async fn postpone_unread(ctx: &Context, row: &job::Model, reason: &str) {
    tracing::warn!(
        job.id = %row.id,
        job.kind = row.kind,
        reason,
        "job left for a worker that can read it"
    );
    let ours = held_at(ctx.db.connection(), [(row.id, row.epoch)]);
    if let Err(error) = postpone_rows(ctx, ours, reason).await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, job.id = %row.id, "a job could not be postponed");
    }
}

async fn postpone_rows(ctx: &Context, rows: Condition, reason: &str) -> Result<()> {
    let now = ctx.now().utc();
    let tx = ctx.db.begin_read_committed().await?;
    let found: Vec<(JobId, i32, i32)> = job::Entity::find()
        .select_only()
        .columns([job::Column::Id, job::Column::Postponements, job::Column::Items])
        .filter(rows)
        .lock(LockType::Update)
        .into_tuple()
        .all(&*tx)
        .await?;
    let (mut by_count, mut too_large) = (BTreeMap::<i32, Vec<JobId>>::new(), Vec::new());
    for (id, postponements, items) in found {
        let count = postponements.saturating_add(1);
        if items > 1 && count >= SPLIT_AFTER {
            too_large.push(id);
        } else {
            by_count.entry(count).or_default().push(id);
        }
    }
    let too_large = job::Entity::find().filter(any_of(&*tx, job::Column::Id, too_large));
    for mut row in too_large.all(&*tx).await? {
        row.postponements = row.postponements.saturating_add(1);
        let run_at = now + after_postponement(row.postponements);
        if split(ctx, &*tx, &row, run_at, reason).await?.is_empty() {
            by_count.entry(row.postponements).or_default().push(row.id);
        }
    }
    for (count, ids) in by_count {
        job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(State::Waiting))
            .col_expr(job::Column::Postponements, Expr::value(count))
            .col_expr(job::Column::LastError, Expr::value(shortened(reason)))
            .col_expr(job::Column::RunAt, Expr::value(now + after_postponement(count)))
            .col_expr(job::Column::LeaseUntil, Expr::value(None::<Timestamptz>))
            .col_expr(job::Column::EnqueuedAt, Expr::value(None::<Timestamptz>))
            .filter(any_of(&*tx, job::Column::Id, ids))
            .exec(&*tx)
            .await?;
    }
    // With Redis, the relay pushes them within half a second of their time.
    tx.commit().await
}
