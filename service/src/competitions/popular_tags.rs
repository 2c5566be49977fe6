//! The tags that are offered as filters.

use std::sync::{
    Mutex, PoisonError,
    atomic::{AtomicU64, Ordering},
};

use chrono::TimeDelta;
use domain::{CompetitionStatus, Timestamp};
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, Order, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    sea_query::{Expr, ExprTrait},
};

use super::open::has_status;
use crate::{Context, Result, entity::competition_tag};

/// How many are offered. The page shows the first of them, and the others on demand.
const OFFERED: u64 = 30;
/// How long they are kept. Counting them reads every open competition.
const MAX_AGE: TimeDelta = TimeDelta::minutes(1);

/// The popular tags as they were last counted.
#[derive(Debug, Default)]
pub(crate) struct PopularTags {
    kept: Mutex<Option<Kept>>,
    /// The number of changes by this process.
    changes: AtomicU64,
    /// Held while they are counted.
    counting: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Kept {
    tags: Vec<String>,
    counted_at: Timestamp,
    /// The number of changes by then.
    changes: u64,
}

impl PopularTags {
    /// Counts them again next time, because this process has changed a competition. Another process
    /// notices within a minute.
    pub(super) fn forget(&self) {
        self.changes.fetch_add(1, Ordering::Relaxed);
    }

    /// `None` if they are to be counted again.
    fn kept(&self, now: Timestamp) -> Option<Vec<String>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let Kept { tags, counted_at, changes } = kept.as_ref()?;
        let is_current = *changes == self.changes.load(Ordering::Relaxed)
            // A negative age means that the clock was set back.
            && (TimeDelta::zero()..MAX_AGE).contains(&(now.utc() - counted_at.utc()));
        is_current.then(|| tags.clone())
    }
}

/// The tags of most open competitions, each in one of its spellings. Concurrent calls share a
/// query.
pub(super) async fn get(ctx: &Context) -> Result<Vec<String>> {
    let popular = &ctx.popular_tags;
    if let Some(tags) = popular.kept(ctx.now()) {
        return Ok(tags);
    }
    let _counting = popular.counting.lock().await;
    let now = ctx.now();
    if let Some(tags) = popular.kept(now) {
        return Ok(tags);
    }
    let changes = popular.changes.load(Ordering::Relaxed);
    let tags = count(ctx, now).await?;
    let kept = Kept { tags: tags.clone(), counted_at: now, changes };
    *popular.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(kept);
    Ok(tags)
}

async fn count(ctx: &Context, now: Timestamp) -> Result<Vec<String>> {
    let uses =
        || Expr::col((competition_tag::Entity, competition_tag::Column::CompetitionId)).count();
    let tags = competition_tag::Entity::find()
        .select_only()
        .column_as(competition_tag::Column::Label.min(), "label")
        .join(JoinType::InnerJoin, competition_tag::Relation::Competition.def())
        .filter(has_status(CompetitionStatus::Open, now))
        .group_by(competition_tag::Column::Tag)
        .order_by(uses(), Order::Desc)
        .order_by_asc(competition_tag::Column::Tag)
        .limit(OFFERED);
    Ok(tags.into_tuple().all(&*ctx.db.for_lists().await?).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{competitions::cancel_competition, testing::World};

    #[tokio::test]
    async fn popular_tags_are_counted_again_after_a_minute_or_a_change_of_this_process() {
        let world = World::new().await;
        let ctx = &world.ctx;
        let ada = world.organizer("Ada").await;
        world.competition(&ada).tagged(&["rust"]).create().await;
        assert_eq!(get(ctx).await.unwrap(), ["rust"]);
        // As another process would.
        world.execute("UPDATE competition_tags SET tag = 'web', label = 'Web'").await.unwrap();
        world.clock.advance(MAX_AGE - TimeDelta::seconds(1));
        assert_eq!(get(ctx).await.unwrap(), ["rust"], "counted for each request");
        world.clock.advance(TimeDelta::seconds(1));
        assert_eq!(get(ctx).await.unwrap(), ["Web"]);
        let id = world.competition(&ada).tagged(&["sea"]).create().await;
        assert_eq!(get(ctx).await.unwrap(), ["sea", "Web"]);
        cancel_competition(ctx, &ada, id, None).await.unwrap().outcome.unwrap();
        assert_eq!(get(ctx).await.unwrap(), ["Web"]);
    }

    #[tokio::test]
    async fn a_change_does_not_wait_while_popular_tags_are_counted() {
        let world = World::new().await;
        let ctx = &world.narrow_process().await;
        let lists = ctx.db.for_lists().await.unwrap();
        let mut counting = Box::pin(get(ctx));
        assert!(futures::poll!(&mut counting).is_pending());
        ctx.popular_tags.forget();
        let ada = world.organizer("Ada").await;
        world.competition(&ada).tagged(&["rust"]).create().await;
        drop(lists);
        assert_eq!(counting.await.unwrap(), ["rust"]);
        assert!(ctx.popular_tags.kept(ctx.now()).is_none(), "counted before the change");
        assert_eq!(get(ctx).await.unwrap(), ["rust"]);
        assert!(ctx.popular_tags.kept(ctx.now()).is_some());
    }
}
