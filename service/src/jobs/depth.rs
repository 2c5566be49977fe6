//! How many jobs there are, and how long the oldest has been due.

use std::{collections::HashMap, time::Duration};

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
    prelude::DateTimeUtc,
    sea_query::{Expr, ExprTrait, IntoCondition},
};

use crate::{
    Context, Result,
    entity::{
        failed_job,
        job::{self, State},
    },
};

/// How many jobs of a kind there are; of jobs of several items, how many items.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Depth {
    /// Due, and waiting for a worker.
    pub(crate) waiting: u64,
    /// Not due yet.
    pub(crate) delayed: u64,
    pub(crate) active: u64,
    /// Dead letters.
    pub(crate) dead: u64,
    /// How long the oldest of those that wait has been due.
    pub(crate) oldest: Duration,
}

/// The depth of each kind that has jobs.
///
/// # Errors
/// When the database fails.
pub(crate) async fn depths(ctx: &Context) -> Result<HashMap<String, Depth>> {
    let now = ctx.now().utc();
    let mut depths = HashMap::<String, Depth>::new();
    let due = job::Column::RunAt.lte(now);
    for (kind, jobs, oldest) in count(ctx, State::Waiting.is_state().and(due.clone())).await? {
        let depth = depths.entry(kind).or_default();
        depth.waiting = jobs;
        depth.oldest = (now - oldest).to_std().unwrap_or_default();
    }
    for (kind, jobs, _) in count(ctx, State::Waiting.is_state().and(due.not())).await? {
        depths.entry(kind).or_default().delayed = jobs;
    }
    for (kind, jobs, _) in count(ctx, State::Active.is_state()).await? {
        depths.entry(kind).or_default().active = jobs;
    }
    let dead: Vec<(String, i64)> = failed_job::Entity::find()
        .select_only()
        .column(failed_job::Column::Kind)
        .column_as(Expr::col(failed_job::Column::Id).count(), "jobs")
        .group_by(failed_job::Column::Kind)
        .into_tuple()
        .all(ctx.db.connection())
        .await?;
    for (kind, jobs) in dead {
        depths.entry(kind).or_default().dead = u64::try_from(jobs).unwrap_or_default();
    }
    Ok(depths)
}

/// How long the oldest job has been due that this program knows; zero if none waits.
///
/// # Errors
/// When the database fails.
pub(crate) async fn lag(ctx: &Context) -> Result<Duration> {
    let depths = depths(ctx).await?;
    let known = ctx.jobs.kinds().filter_map(|kind| depths.get(kind));
    Ok(known.map(|depth| depth.oldest).max().unwrap_or_default())
}

/// The kinds of some jobs, their items, and when the oldest is due.
async fn count(
    ctx: &Context,
    these: impl IntoCondition,
) -> Result<Vec<(String, u64, DateTimeUtc)>> {
    let counts: Vec<(String, i64, DateTimeUtc)> = job::Entity::find()
        .select_only()
        .column(job::Column::Kind)
        .column_as(job::Column::Items.sum(), "items")
        .column_as(job::Column::RunAt.min(), "oldest")
        .filter(these)
        .group_by(job::Column::Kind)
        .into_tuple()
        .all(ctx.db.connection())
        .await?;
    let count = |(kind, jobs, oldest)| (kind, u64::try_from(jobs).unwrap_or_default(), oldest);
    Ok(counts.into_iter().map(count).collect())
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::{cron, housekeeping::CleanUp, jobs, testing::World};

    #[tokio::test]
    async fn jobs_are_counted_by_kind_and_state() {
        let world = World::new().await;
        let ctx = &world.ctx;
        for seconds in 0..4 {
            let tick = (ctx.now().utc() + TimeDelta::seconds(seconds)).into();
            cron::fire(ctx, "clean_up", tick, CleanUp {}).await.unwrap();
        }
        world.clock.advance(TimeDelta::seconds(7));
        let claims = jobs::claim(ctx, 3).await.unwrap();
        jobs::postpone(ctx, &claims[..1], "later").await.unwrap();
        jobs::move_to_dead_letters(ctx, &claims[1], "refused").await.unwrap();
        let oldest = Duration::from_secs(7);
        let expected = Depth { waiting: 1, delayed: 1, active: 1, dead: 1, oldest };
        assert_eq!(depths(ctx).await.unwrap(), [("clean_up".to_owned(), expected)].into());
        assert_eq!(lag(ctx).await.unwrap(), oldest);
    }
}
