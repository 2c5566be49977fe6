//! The deliveries that wait for an attempt, and how many there are, for metrics.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{DeliveryStatus, Timestamp, WebhookId};
use sea_orm::{
    ColumnTrait, EntityTrait, JoinType, PaginatorTrait, QueryFilter, QuerySelect, RelationTrait,
    Select, prelude::DateTimeUtc,
};

use crate::{
    Context, Result,
    entity::{webhook, webhook_delivery},
};

/// The webhooks by state, and the deliveries that wait.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Backlog {
    /// Enabled, and the last request succeeded if there was any.
    pub(crate) enabled: u64,
    /// Enabled, and the last requests failed.
    pub(crate) failing: u64,
    pub(crate) disabled: u64,
    pub(crate) pending: u64,
    /// Since the event of the oldest of them.
    pub(crate) oldest: Duration,
    /// How long the delivery has been due that waits longest for its request, receivers that rest
    /// aside.
    pub(crate) overdue: Duration,
}

/// Counts webhooks and pending deliveries.
///
/// # Errors
/// When the database fails.
pub(crate) async fn backlog(ctx: &Context) -> Result<Backlog> {
    let (db, now) = (ctx.db.connection(), ctx.now());
    let webhooks = async |enabled: bool, failing: Option<bool>| {
        let mut webhooks = webhook::Entity::find().filter(webhook::Column::Enabled.eq(enabled));
        if let Some(failing) = failing {
            let since = webhook::Column::FailingSince;
            webhooks = webhooks.filter(if failing { since.is_not_null() } else { since.is_null() });
        }
        webhooks.count(db).await
    };
    let (pending, oldest): (i64, Option<DateTimeUtc>) = pending()
        .select_only()
        .column_as(webhook_delivery::Column::Id.count(), "pending")
        .column_as(webhook_delivery::Column::CreatedAt.min(), "oldest")
        .into_tuple()
        .one(db)
        .await?
        .unwrap_or_default();
    Ok(Backlog {
        enabled: webhooks(true, Some(false)).await?,
        failing: webhooks(true, Some(true)).await?,
        disabled: webhooks(false, None).await?,
        pending: pending.try_into().unwrap_or_default(),
        oldest: oldest.map(|oldest| since(now, oldest)).unwrap_or_default(),
        overdue: overdue(ctx, now).await?,
    })
}

fn since(now: Timestamp, then: DateTimeUtc) -> Duration {
    (now.utc() - then).max(TimeDelta::zero()).to_std().unwrap_or_default()
}

/// The deliveries that wait for an attempt.
fn pending() -> Select<webhook_delivery::Entity> {
    let all = webhook_delivery::Entity::find();
    all.filter(webhook_delivery::Column::Status.eq(DeliveryStatus::Pending))
}

/// The deliveries to a webhook that wait for an attempt.
pub(super) fn pending_of(id: WebhookId) -> Select<webhook_delivery::Entity> {
    pending().filter(webhook_delivery::Column::WebhookId.eq(id))
}

/// How long the delivery has been due that waits longest. The rest of a receiver does not count.
async fn overdue(ctx: &Context, now: Timestamp) -> Result<Duration> {
    let due: Vec<(DateTimeUtc, Option<DateTimeUtc>)> = pending()
        .select_only()
        .column_as(webhook_delivery::Column::NextAttemptAt.min(), "due")
        .column(webhook::Column::PausedUntil)
        .join(JoinType::InnerJoin, webhook_delivery::Relation::Webhook.def())
        .filter(webhook_delivery::Column::NextAttemptAt.lte(now.utc()))
        .filter(webhook::Column::Enabled.eq(true))
        .group_by(webhook_delivery::Column::WebhookId)
        .group_by(webhook::Column::PausedUntil)
        .into_tuple()
        .all(ctx.db.connection())
        .await?;
    // From the end of a rest on, if that is later: not at all during the rest.
    let waits = |(due, rest): (_, Option<_>)| since(now, due).min(since(now, rest.unwrap_or(due)));
    Ok(due.into_iter().map(waits).max().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{testing::World, webhooks};

    async fn change(world: &World, id: WebhookId, change: impl Fn(&mut webhook::Model)) {
        let db = world.ctx.db.connection();
        let mut row = webhook::Entity::find_by_id(id).one(db).await.unwrap().unwrap();
        change(&mut row);
        crate::infrastructure::db::bulk::update(db, vec![row]).await.unwrap();
    }

    #[tokio::test]
    async fn webhooks_and_their_deliveries_are_counted_and_resting_receivers_are_not_late() {
        let world = World::new().await;
        let (ctx, ada) = (&world.ctx, world.organizer("Ada").await);
        assert_eq!(backlog(ctx).await.unwrap(), Backlog::default());
        let mut ids = Vec::new();
        for _ in 0..3 {
            let input = serde_json::json!({ "url": "https://club.example" });
            let input = serde_json::from_value(input).unwrap();
            let id = webhooks::create(ctx, &ada, input).await.unwrap().webhook.id;
            webhooks::send_test(ctx, &ada, id).await.unwrap();
            ids.push(id);
        }
        let disable = serde_json::from_value(serde_json::json!({ "enabled": false })).unwrap();
        webhooks::edit(ctx, &ada, ids[0], disable).await.unwrap();
        let began = ctx.now().utc();
        let rest = began + TimeDelta::seconds(70);
        change(&world, ids[1], |row| {
            (row.failing_since, row.paused_until) = (Some(began), Some(rest));
        })
        .await;
        world.clock.advance(TimeDelta::seconds(60));
        let minute = Duration::from_secs(60);
        let expected = Backlog {
            enabled: 1,
            failing: 1,
            disabled: 1,
            pending: 2,
            oldest: minute,
            overdue: minute,
        };
        assert_eq!(backlog(ctx).await.unwrap(), expected);

        webhooks::delete(ctx, &ada, ids[2]).await.unwrap();
        let counted = backlog(ctx).await.unwrap();
        assert_eq!((counted.oldest, counted.overdue), (minute, Duration::ZERO), "it rests");
        world.clock.advance(TimeDelta::seconds(30));
        let counted = backlog(ctx).await.unwrap();
        let since = Duration::from_secs;
        assert_eq!((counted.oldest, counted.overdue), (since(90), since(20)), "since its rest");
    }
}
