//! Recording the end of a run: completed, failed, or final.

use std::collections::HashSet;

use domain::{JobId, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, sea_query::Expr,
};

use super::{
    Ticket,
    backoff::after_failure,
    claim::{Claim, Timestamptz, held},
    dead_letters,
    queue::Queue,
    reason::shortened,
    relay::push_tickets,
    split::split,
};
use crate::{
    Context, Result,
    entity::job::{self, State},
    infrastructure::db::bulk::update_returning,
};

/// The state of a job after [`fail`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FailOutcome {
    /// It will run again.
    Retry,
    /// It is out of attempts, and a dead letter now.
    Dead,
    /// It had several items: each has a job of its own now.
    Split,
    /// Another worker has it; this failure does not count.
    Lost,
}

/// Marks jobs completed in a transaction; returns those that were still held.
pub(super) async fn acknowledge(
    tx: &impl ConnectionTrait,
    now: Timestamp,
    claims: &[&Claim],
) -> Result<HashSet<JobId>> {
    let finish = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(State::Completed))
        .col_expr(job::Column::FinishedAt, Expr::value(now.utc()))
        .col_expr(job::Column::LeaseUntil, Expr::value(None::<Timestamptz>))
        .filter(held(tx, claims.iter().copied()));
    let finished = update_returning(tx, finish).await?;
    Ok(finished.into_iter().map(|row| row.id).collect())
}

/// Marks a job completed, if it is still held.
///
/// # Errors
/// When the database fails.
pub async fn complete(ctx: &Context, claim: &Claim) -> Result<()> {
    complete_all(ctx, &[claim]).await
}

/// Marks jobs completed that are still held.
///
/// # Errors
/// When the database fails.
pub(super) async fn complete_all(ctx: &Context, claims: &[&Claim]) -> Result<()> {
    let tx = ctx.db.begin_read_committed().await?;
    acknowledge(&*tx, ctx.now(), claims).await?;
    tx.commit().await
}

/// Records that a run failed: the job is delayed and runs again, or moves to the dead letters when
/// it is out of attempts. A job of several items is split.
///
/// # Errors
/// When the database fails; the lease expires then.
pub async fn fail(ctx: &Context, claim: &Claim, reason: &str) -> Result<FailOutcome> {
    let now = ctx.now();
    let tx = ctx.db.begin_read_committed().await?;
    let ours = held(&*tx, [claim]);
    let found = job::Entity::find().filter(ours).lock_exclusive().one(&*tx).await?;
    let Some(mut row) = found else { return Ok(FailOutcome::Lost) };
    let parts = split(ctx, &*tx, &row, now.utc(), reason).await?;
    if !parts.is_empty() {
        tx.commit().await?;
        push_tickets(ctx, parts);
        return Ok(FailOutcome::Split);
    }
    row.attempts += 1;
    let ticket = Ticket::of(ctx, &row);
    let run_at = now.utc() + after_failure(row.attempts);
    // The row may be of an older version, which allowed fewer attempts.
    let outcome = if row.attempts >= row.max_attempts.max(claim.spec.max_attempts) {
        dead_letters::insert(ctx, &*tx, row, reason).await?;
        FailOutcome::Dead
    } else {
        job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(State::Waiting))
            .col_expr(job::Column::Attempts, Expr::value(row.attempts))
            .col_expr(job::Column::Postponements, Expr::value(0))
            .col_expr(job::Column::LastError, Expr::value(shortened(reason)))
            .col_expr(job::Column::RunAt, Expr::value(run_at))
            .col_expr(job::Column::LeaseUntil, Expr::value(None::<Timestamptz>))
            .col_expr(job::Column::EnqueuedAt, Expr::value(None::<Timestamptz>))
            .filter(job::Column::Id.eq(row.id))
            .exec(&*tx)
            .await?;
        FailOutcome::Retry
    };
    tx.commit().await?;
    if outcome == FailOutcome::Retry
        && let Some(queue) = Queue::of(ctx)
    {
        // If Redis does not answer, the relay pushes the job within half a second of its time.
        queue.push_later(ticket, run_at.into()).await;
    }
    Ok(outcome)
}

/// Moves a job that cannot succeed to the dead letters, if it is still held. A job of several items
/// is split instead: some of them may succeed.
///
/// # Errors
/// When the database fails; the lease expires then.
pub async fn move_to_dead_letters(ctx: &Context, claim: &Claim, reason: &str) -> Result<()> {
    let tx = ctx.db.begin_read_committed().await?;
    let ours = held(&*tx, [claim]);
    let Some(mut row) = job::Entity::find().filter(ours).lock_exclusive().one(&*tx).await? else {
        return Ok(());
    };
    let parts = split(ctx, &*tx, &row, ctx.now().utc(), reason).await?;
    if parts.is_empty() {
        row.attempts += 1;
        dead_letters::insert(ctx, &*tx, row, reason).await?;
    }
    tx.commit().await?;
    push_tickets(ctx, parts);
    Ok(())
}
