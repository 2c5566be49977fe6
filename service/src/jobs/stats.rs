//! The jobs in numbers.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::QueueStats;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select,
    prelude::DateTimeUtc,
    sea_query::{Expr, ExprTrait},
};

use super::{Job, Operator, State};
use crate::{
    Context, Result,
    entity::{failed_job, job},
};

/// The jobs in numbers, kind by kind.
///
/// # Errors
/// Unauthorized; Forbidden.
pub async fn stats(ctx: &Context, operator: Operator<'_>) -> Result<Vec<QueueStats>> {
    operator.name()?;
    let (db, now) = (ctx.db.connection(), ctx.now().utc());
    let mut kinds: BTreeMap<String, QueueStats> =
        Job::KINDS.map(|kind| (kind.to_owned(), QueueStats::default())).into();

    let ready: Vec<(String, i64, DateTimeUtc)> = count(State::Ready)
        .column_as(job::Column::RunAt.min(), "oldest")
        .into_tuple()
        .all(db)
        .await?;
    for (kind, jobs, oldest) in ready {
        let stats = kinds.entry(kind).or_default();
        stats.ready = number(jobs);
        // One that is not due yet has no age.
        stats.oldest_age_seconds =
            u64::try_from((now - oldest).num_milliseconds()).ok().map(|ms| ms / 1_000);
    }
    let running: Vec<(String, i64)> = count(State::Running).into_tuple().all(db).await?;
    for (kind, jobs) in running {
        kinds.entry(kind).or_default().running = number(jobs);
    }
    let recent = job::Column::FinishedAt.gt(now - TimeDelta::minutes(1));
    let done: Vec<(String, i64)> = count(State::Done).filter(recent).into_tuple().all(db).await?;
    for (kind, jobs) in done {
        kinds.entry(kind).or_default().done_last_minute = number(jobs);
    }
    let dead: Vec<(String, i64)> = failed_job::Entity::find()
        .select_only()
        .column(failed_job::Column::Kind)
        .column_as(Expr::col(failed_job::Column::Id).count(), "jobs")
        .group_by(failed_job::Column::Kind)
        .into_tuple()
        .all(db)
        .await?;
    for (kind, jobs) in dead {
        kinds.entry(kind).or_default().dead = number(jobs);
    }
    Ok(kinds.into_iter().map(|(kind, stats)| QueueStats { kind, ..stats }).collect())
}

/// How many jobs of each kind are in a state.
fn count(state: State) -> Select<job::Entity> {
    job::Entity::find()
        .select_only()
        .column(job::Column::Kind)
        .column_as(Expr::col(job::Column::Id).count(), "jobs")
        .filter(state.is_state())
        .group_by(job::Column::Kind)
}

fn number(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}
