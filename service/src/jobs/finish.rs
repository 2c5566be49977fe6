//! How a job ends: done, tried again, or dead.

use std::collections::HashSet;

use chrono::TimeDelta;
use domain::{JobId, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ModelTrait, QueryFilter, QuerySelect, Set,
    sea_query::Expr,
};

use super::{
    Ticket,
    claim::{Claim, Timestamptz, held},
    queue::Queue,
    state::State,
};
use crate::{
    Context, Result,
    db::bulk::update_returning,
    entity::{failed_job, job},
};

/// The pause after the first failure; each further one doubles it.
const FIRST_PAUSE_MS: i64 = 2_000;
/// How often it is doubled.
const MAX_DOUBLINGS: i32 = 9;
/// No pause is longer, give or take a fifth.
pub(super) const LONGEST_PAUSE: TimeDelta =
    TimeDelta::milliseconds((FIRST_PAUSE_MS << MAX_DOUBLINGS) * 12 / 10);
/// Longest reason kept, in characters.
const MAX_ERROR: usize = 2_000;

/// What became of a job that failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It will be tried again.
    Retry,
    /// It is in the dead letter queue.
    Dead,
    /// Another worker has it; this failure does not count.
    Lost,
}

/// Marks jobs done, in the transaction of their effects; answers with those that were still held.
/// Effects of any other must not be applied: somebody else has that job.
pub(crate) async fn acknowledge(
    tx: &impl ConnectionTrait,
    now: Timestamp,
    claims: &[Claim],
) -> Result<HashSet<JobId>> {
    let finish = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(State::Done.as_str()))
        .col_expr(job::Column::FinishedAt, Expr::value(now.utc()))
        .col_expr(job::Column::LeaseUntil, Expr::value(None::<Timestamptz>))
        .filter(held(tx, claims));
    let finished = update_returning(tx, finish).await?;
    Ok(finished.into_iter().map(|row| JobId(row.id)).collect())
}

/// Marks a job done whose effects are harmless when they happen twice.
///
/// # Errors
/// When the database fails.
pub async fn complete(ctx: &Context, claim: &Claim) -> Result<()> {
    let tx = ctx.db.begin_read_committed().await?;
    acknowledge(&*tx, ctx.now(), std::slice::from_ref(claim)).await?;
    tx.commit().await
}

/// Notes that a job failed: it is tried again later, or goes to the dead letter queue when it is out of attempts.
///
/// # Errors
/// When the database fails; the lease expires then.
pub async fn fail(ctx: &Context, claim: &Claim, reason: &str) -> Result<Verdict> {
    let now = ctx.now();
    let tx = ctx.db.begin_read_committed().await?;
    let ours = held(&*tx, std::slice::from_ref(claim));
    let found = job::Entity::find().filter(ours).lock_exclusive().one(&*tx).await?;
    let Some(mut row) = found else { return Ok(Verdict::Lost) };
    row.attempts += 1;
    let ticket = Ticket::from(&row);
    let run_at = now.utc() + pause(row.attempts);
    // The row may be of an older version, which allowed less.
    let verdict = if row.attempts >= row.max_attempts.max(claim.job.max_attempts()) {
        bury(&*tx, now, row, reason).await?;
        Verdict::Dead
    } else {
        job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(State::Ready.as_str()))
            .col_expr(job::Column::Attempts, Expr::value(row.attempts))
            .col_expr(job::Column::Postponements, Expr::value(0))
            .col_expr(job::Column::LastError, Expr::value(shortened(reason)))
            .col_expr(job::Column::RunAt, Expr::value(run_at))
            .col_expr(job::Column::LeaseUntil, Expr::value(None::<Timestamptz>))
            .col_expr(job::Column::EnqueuedAt, Expr::value(None::<Timestamptz>))
            .filter(job::Column::Id.eq(row.id))
            .exec(&*tx)
            .await?;
        Verdict::Retry
    };
    tx.commit().await?;
    if verdict == Verdict::Retry
        && let Some(queue) = Queue::of(ctx)
    {
        // If it does not get there the relay finds the job, within half a second of its time.
        queue.push_later(ticket, run_at.into()).await;
    }
    Ok(verdict)
}

/// Moves a job to the dead letter queue that it is of no use to try again, if it is still held.
///
/// # Errors
/// When the database fails; the lease expires then.
pub async fn give_up(ctx: &Context, claim: &Claim, reason: &str) -> Result<()> {
    let tx = ctx.db.begin_read_committed().await?;
    let ours = held(&*tx, std::slice::from_ref(claim));
    if let Some(mut row) = job::Entity::find().filter(ours).lock_exclusive().one(&*tx).await? {
        row.attempts += 1;
        bury(&*tx, ctx.now(), row, reason).await?;
    }
    tx.commit().await
}

/// Moves a job to the dead letter queue.
pub(super) async fn bury(
    tx: &impl ConnectionTrait,
    now: Timestamp,
    row: job::Model,
    reason: &str,
) -> Result<()> {
    tracing::error!(job.id = %row.id, job.kind = row.kind, reason, "job moved to the dead letter queue");
    let dead = failed_job::ActiveModel {
        id: Set(row.id),
        kind: Set(row.kind.clone()),
        payload: Set(row.payload.clone()),
        priority: Set(row.priority),
        attempts: Set(row.attempts),
        max_attempts: Set(row.max_attempts),
        // Who held the job before it died must not be able to finish it after it was revived.
        epoch: Set(row.epoch),
        last_error: Set(shortened(reason)),
        dedup_key: Set(row.dedup_key.clone()),
        created_at: Set(row.created_at),
        failed_at: Set(now.utc()),
    };
    failed_job::Entity::insert(dead).exec_without_returning(tx).await?;
    row.delete(tx).await?;
    Ok(())
}

/// 2 s, 4 s, 8 s …, give or take a fifth, so that jobs that failed together do not come back together.
fn pause(failures: i32) -> TimeDelta {
    let doublings = (failures.max(1) - 1).min(MAX_DOUBLINGS);
    let pause = FIRST_PAUSE_MS << doublings;
    TimeDelta::milliseconds(fastrand::i64(pause * 8 / 10..=pause * 12 / 10))
}

pub(super) fn shortened(reason: &str) -> String {
    reason.chars().filter(|c| *c != '\0').take(MAX_ERROR).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_and_stay_within_a_fifth() {
        for (failures, seconds) in [(1, 2.0), (2, 4.0), (3, 8.0)] {
            let pause = pause(failures).as_seconds_f64();
            assert!((seconds * 0.8..=seconds * 1.2).contains(&pause), "{failures}: {pause}");
        }
        assert!((0..1_000).all(|failures| pause(failures) <= LONGEST_PAUSE));
    }
}
