//! How many jobs there are of each kind and state.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::QueueStats;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect, Select,
    prelude::DateTimeUtc,
    sea_query::{Expr, ExprTrait},
};

use super::Operator;
use crate::{
    Context, Result,
    entity::{
        failed_job,
        job::{self, State},
    },
};

/// How many jobs there are of each kind and state. A kind without jobs is listed with zeros.
///
/// # Errors
/// Unauthorized; Forbidden.
pub async fn stats(ctx: &Context, operator: Operator<'_>) -> Result<Vec<QueueStats>> {
    operator.authorize_read()?;
    let (db, now) = (ctx.db.connection(), ctx.now().utc());
    let mut kinds: BTreeMap<String, QueueStats> =
        ctx.jobs.kinds().map(|kind| (kind.to_owned(), QueueStats::default())).collect();

    let waiting: Vec<(String, i64, DateTimeUtc)> = count(State::Waiting)
        .column_as(job::Column::RunAt.min(), "oldest")
        .into_tuple()
        .all(db)
        .await?;
    for (kind, jobs, oldest) in waiting {
        let stats = kinds.entry(kind).or_default();
        stats.ready = number(jobs);
        // A delayed job has no age.
        stats.oldest_age_seconds =
            u64::try_from((now - oldest).num_milliseconds()).ok().map(|ms| ms / 1_000);
    }
    let active: Vec<(String, i64)> = count(State::Active).into_tuple().all(db).await?;
    for (kind, jobs) in active {
        kinds.entry(kind).or_default().running = number(jobs);
    }
    let recent = job::Column::FinishedAt.gt(now - TimeDelta::minutes(1));
    let completed: Vec<(String, i64)> =
        count(State::Completed).filter(recent).into_tuple().all(db).await?;
    for (kind, jobs) in completed {
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
