//! Putting jobs off because what they need is away. That is no attempt: it may go on without end.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use sea_orm::{
    Condition, EntityTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, LockType},
};
use uuid::Uuid;

use super::{
    claim::{Claim, Timestamptz, held, held_at},
    finish::shortened,
    state::State,
};
use crate::{Context, Result, db::bulk::any_of, entity::job};

/// The pause after the first postponement; each further one doubles it.
const FIRST_PAUSE_MS: i64 = 2_000;
/// The longest pause, give or take a fifth.
const MAX_PAUSE_MS: i64 = 300_000;

/// Makes claimed jobs ready again, after a pause that grows with each postponement of a job up to
/// five minutes. Their attempts stay as they are. Those that were put off equally often come back
/// together.
///
/// # Errors
/// When the database fails; the leases expire then.
pub async fn postpone(ctx: &Context, claims: &[Claim], reason: &str) -> Result<()> {
    let ours = held(ctx.db.connection(), claims);
    postpone_those(ctx, ours, reason).await
}

/// Puts off a job whose payload this program cannot read. Should that fail, its lease expires.
pub(super) async fn postpone_unread(ctx: &Context, row: &job::Model, reason: &str) {
    tracing::warn!(job.id = %row.id, job.kind = row.kind, reason, "job left for a worker that can read it");
    let ours = held_at(ctx.db.connection(), [(row.id, row.epoch)]);
    if let Err(error) = postpone_those(ctx, ours, reason).await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, job.id = %row.id, "a job could not be put off");
    }
}

async fn postpone_those(ctx: &Context, these: Condition, reason: &str) -> Result<()> {
    let now = ctx.now().utc();
    let tx = ctx.db.begin_read_committed().await?;
    let found: Vec<(Uuid, i32)> = job::Entity::find()
        .select_only()
        .columns([job::Column::Id, job::Column::Postponements])
        .filter(these)
        .lock(LockType::Update)
        .into_tuple()
        .all(&*tx)
        .await?;
    let mut by_count = BTreeMap::<i32, Vec<Uuid>>::new();
    for (id, postponements) in found {
        by_count.entry(postponements.saturating_add(1)).or_default().push(id);
    }
    for (count, ids) in by_count {
        job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value(State::Ready.as_str()))
            .col_expr(job::Column::Postponements, Expr::value(count))
            .col_expr(job::Column::LastError, Expr::value(shortened(reason)))
            .col_expr(job::Column::RunAt, Expr::value(now + pause(count)))
            .col_expr(job::Column::LeaseUntil, Expr::value(None::<Timestamptz>))
            .col_expr(job::Column::EnqueuedAt, Expr::value(None::<Timestamptz>))
            .filter(any_of(&*tx, job::Column::Id, ids))
            .exec(&*tx)
            .await?;
    }
    // With Redis, the relay pushes them within half a second of their time.
    tx.commit().await
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
    use super::{super::finish::LONGEST_PAUSE, *};

    #[test]
    fn pauses_double_up_to_five_minutes_and_stay_within_a_fifth() {
        for (count, seconds) in [(1, 2.0), (2, 4.0), (5, 32.0), (9, 300.0), (1_000_000, 300.0)] {
            let pause = pause(count).as_seconds_f64();
            assert!((seconds * 0.8..=seconds * 1.2).contains(&pause), "{count}: {pause}");
        }
        assert!((0..1_000).all(|count| pause(count) <= LONGEST_PAUSE));
    }
}
