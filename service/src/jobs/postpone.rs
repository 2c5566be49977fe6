//! Putting jobs off because what they need is away. That is no attempt: it may go on without end.

use std::time::Duration;

use chrono::TimeDelta;
use sea_orm::{
    Condition, EntityTrait, ExprTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, LockType},
};

use super::{
    claim::{Claim, Timestamptz, held, held_at},
    finish::shortened,
    state::State,
};
use crate::{Context, Result, entity::job};

/// The pause after the first postponement; each further one doubles it.
const FIRST_PAUSE_MS: i64 = 2_000;
/// The longest pause.
const MAX_PAUSE_MS: i64 = 300_000;

/// Makes claimed jobs ready again, after a pause that grows with each postponement up to five
/// minutes and is never shorter than `at_least`. Their attempts stay as they are. They come back
/// together.
///
/// # Errors
/// When the database fails; the leases expire then.
pub async fn postpone(
    ctx: &Context,
    claims: &[Claim],
    reason: &str,
    at_least: Option<Duration>,
) -> Result<()> {
    let ours = held(ctx.db.connection(), claims);
    postpone_those(ctx, ours, reason, at_least.unwrap_or_default()).await
}

/// Puts off a job whose payload this program cannot read. Should that fail, its lease expires.
pub(super) async fn postpone_unread(ctx: &Context, row: &job::Model, reason: &str) {
    tracing::warn!(job.id = %row.id, job.kind = row.kind, reason, "job left for a worker that can read it");
    let ours = held_at(ctx.db.connection(), [(row.id, row.epoch)]);
    if let Err(error) = postpone_those(ctx, ours, reason, Duration::ZERO).await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, job.id = %row.id, "a job could not be put off");
    }
}

async fn postpone_those(
    ctx: &Context,
    these: Condition,
    reason: &str,
    at_least: Duration,
) -> Result<()> {
    let now = ctx.now().utc();
    let tx = ctx.db.write_locked().await?;
    let counts: Vec<i32> = job::Entity::find()
        .select_only()
        .column(job::Column::Postponements)
        .filter(these.clone())
        .lock(LockType::Update)
        .into_tuple()
        .all(&*tx)
        .await?;
    let Some(most) = counts.into_iter().max() else { return Ok(()) };
    let run_at = now + pause(most.saturating_add(1)).max(at_least_of(at_least));
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(State::Ready.as_str()))
        .col_expr(job::Column::Postponements, Expr::col(job::Column::Postponements).add(1))
        .col_expr(job::Column::LastError, Expr::value(shortened(reason)))
        .col_expr(job::Column::RunAt, Expr::value(run_at))
        .col_expr(job::Column::LeaseUntil, Expr::value(None::<Timestamptz>))
        .col_expr(job::Column::EnqueuedAt, Expr::value(None::<Timestamptz>))
        .filter(these)
        .exec(&*tx)
        .await?;
    // With Redis, the relay pushes them within half a second of their time.
    tx.commit().await
}

/// A duration as the database adds it; one beyond all measure counts as a year.
pub(super) fn at_least_of(duration: Duration) -> TimeDelta {
    TimeDelta::from_std(duration).unwrap_or(TimeDelta::days(365)).min(TimeDelta::days(365))
}

/// 2 s, 4 s, 8 s … 5 min, give or take a fifth, so that what failed together does not come back
/// together.
fn pause(postponements: i32) -> TimeDelta {
    let doublings = postponements.clamp(1, 20) - 1;
    let pause = Ord::min(FIRST_PAUSE_MS << doublings, MAX_PAUSE_MS);
    TimeDelta::milliseconds(fastrand::i64(pause * 8 / 10..=pause * 12 / 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_double_up_to_five_minutes_and_stay_within_a_fifth() {
        for (count, seconds) in [(1, 2.0), (2, 4.0), (5, 32.0), (9, 300.0), (1_000_000, 300.0)] {
            let pause = pause(count).as_seconds_f64();
            assert!((seconds * 0.8..=seconds * 1.2).contains(&pause), "{count}: {pause}");
        }
    }
}
