//! The tags that are offered as filters.

use chrono::TimeDelta;
use domain::Timestamp;
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, Order, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    sea_query::{Expr, ExprTrait},
};
use tokio::sync::Mutex;

use super::browse::is_open;
use crate::{Context, Result, entity::competition_tag};

/// How many are offered.
const OFFERED: u64 = 12;
/// How long they are kept. Counting them reads every open competition.
const KEPT: TimeDelta = TimeDelta::minutes(1);

/// The popular tags as they were last counted, and when.
#[derive(Debug, Default)]
pub(crate) struct PopularTags(Mutex<Option<(Timestamp, Vec<String>)>>);

impl PopularTags {
    /// Counts them again next time, because this process has changed a competition. Another process
    /// notices within a minute.
    pub(super) async fn forget(&self) {
        *self.0.lock().await = None;
    }
}

/// The tags of most open competitions, each in one of its spellings. Concurrent calls share a query.
pub(super) async fn get(ctx: &Context) -> Result<Vec<String>> {
    let mut kept = ctx.popular_tags.0.lock().await;
    let now = ctx.now();
    if let Some((counted_at, tags)) = &*kept
        // A negative age means that the clock was set back.
        && (TimeDelta::zero()..KEPT).contains(&(now.utc() - counted_at.utc()))
    {
        return Ok(tags.clone());
    }
    let tags = count(ctx, now).await?;
    *kept = Some((now, tags.clone()));
    Ok(tags)
}

async fn count(ctx: &Context, now: Timestamp) -> Result<Vec<String>> {
    let uses =
        || Expr::col((competition_tag::Entity, competition_tag::Column::CompetitionId)).count();
    let tags = competition_tag::Entity::find()
        .select_only()
        .column_as(competition_tag::Column::Label.min(), "label")
        .join(JoinType::InnerJoin, competition_tag::Relation::Competition.def())
        .filter(is_open(now))
        .group_by(competition_tag::Column::Tag)
        .order_by(uses(), Order::Desc)
        .order_by_asc(competition_tag::Column::Tag)
        .limit(OFFERED);
    Ok(tags.into_tuple().all(&*ctx.db.for_lists().await?).await?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::World;

    #[tokio::test]
    async fn popular_tags_are_counted_again_after_a_minute_or_a_change_of_this_process() {
        let world = World::new().await;
        let ctx = &world.ctx;
        let ada = world.organizer("Ada").await;
        world.competition(&ada).tagged(&["rust"]).create().await;
        assert_eq!(get(ctx).await.unwrap(), ["rust"]);
        // As another process would.
        world.execute("UPDATE competition_tags SET tag = 'web', label = 'Web'").await.unwrap();
        world.clock.advance(KEPT - TimeDelta::seconds(1));
        assert_eq!(get(ctx).await.unwrap(), ["rust"], "counted for each request");
        world.clock.advance(TimeDelta::seconds(1));
        assert_eq!(get(ctx).await.unwrap(), ["Web"]);
        world.competition(&ada).tagged(&["sea"]).create().await;
        assert_eq!(get(ctx).await.unwrap(), ["sea", "Web"]);
    }
}
