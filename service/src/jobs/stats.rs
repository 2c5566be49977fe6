//! How many jobs there are of each kind and state, for operators.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::QueueStats;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, prelude::DateTimeUtc};

use super::{
    Operator,
    depth::{Depth, depths},
};
use crate::{
    Context, Result,
    entity::job::{self, State},
};

/// How many jobs there are of each kind and state; of jobs of several items, how many items. A kind
/// without jobs is listed with zeros.
///
/// # Errors
/// Unauthorized; Forbidden.
pub async fn stats(ctx: &Context, operator: Operator<'_>) -> Result<Vec<QueueStats>> {
    operator.authorize_read()?;
    let mut kinds: BTreeMap<String, QueueStats> =
        ctx.jobs.current_kinds().map(|kind| (kind.to_owned(), QueueStats::default())).collect();
    for (kind, depth) in depths(ctx).await? {
        kinds.insert(kind, depth.into());
    }
    for (kind, jobs) in completed_since(ctx, ctx.now().utc() - TimeDelta::minutes(1)).await? {
        kinds.entry(kind).or_default().done_last_minute = u64::try_from(jobs).unwrap_or_default();
    }
    Ok(kinds.into_iter().map(|(kind, stats)| QueueStats { kind, ..stats }).collect())
}

impl From<Depth> for QueueStats {
    fn from(depth: Depth) -> Self {
        Self {
            ready: depth.waiting + depth.delayed,
            running: depth.active,
            dead: depth.dead,
            // A delayed job has no age.
            oldest_age_seconds: (depth.waiting > 0).then_some(depth.oldest.as_secs()),
            ..Self::default()
        }
    }
}

async fn completed_since(ctx: &Context, since: DateTimeUtc) -> Result<Vec<(String, i64)>> {
    Ok(job::Entity::find()
        .select_only()
        .column(job::Column::Kind)
        .column_as(job::Column::Items.sum(), "items")
        .filter(State::Completed.is_state())
        .filter(job::Column::FinishedAt.gt(since))
        .group_by(job::Column::Kind)
        .into_tuple()
        .all(ctx.db.connection())
        .await?)
}
