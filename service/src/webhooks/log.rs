//! The deliveries of a webhook.

use chrono::TimeDelta;
use domain::{
    Delivery, DeliveryId, DeliveryStatus, ErrorCode, Page, Paging, PublicError, Role, Timestamp,
    WebhookId,
};
use sea_orm::{
    ColumnTrait, EntityTrait, Order, PaginatorTrait, QueryFilter, Select, sea_query::Expr,
};

use super::{
    deliver::DeliverWebhooks,
    endpoints::{find, find_locked},
    event::Event,
    publish::delivery,
};
use crate::{
    Actor, Context, Error, Result,
    entity::{webhook, webhook_delivery},
    infrastructure::{
        db::{WriteTx, bulk, retry},
        keyset::{Keyset, in_order_of},
    },
    jobs::{self, NewJob},
    slice::{Cursor, Position, Slice},
};

/// How long deliveries stay in the log.
const KEPT: TimeDelta = TimeDelta::days(30);

/// A condition on deliveries that may be deleted.
pub(crate) fn is_old(now: Timestamp) -> Expr {
    webhook_delivery::Column::CreatedAt.lt(now.utc() - KEPT)
}

/// One page of the deliveries of one of the actor's webhooks, newest first.
///
/// # Errors
/// Unauthorized; forbidden; [`ErrorCode::WebhookNotFound`].
pub async fn deliveries(
    ctx: &Context,
    actor: &Actor,
    id: WebhookId,
    paging: Paging,
) -> Result<Page<Delivery>> {
    let all = deliveries_of(ctx, actor, id).await?;
    let db = &*ctx.db.for_lists().await?;
    let total = all.clone().count(db).await?;
    let ids: Vec<DeliveryId> = newest_first().ids(db, all, paging.range(), total).await?;
    let these = bulk::any_of(db, webhook_delivery::Column::Id, ids.iter().copied());
    let rows = webhook_delivery::Entity::find().filter(these).all(db).await?;
    let rows = in_order_of(&ids, rows, |row| row.id);
    let items = rows.into_iter().map(webhook_delivery::Model::into_view).collect();
    Ok(Page { items, total, page: paging.page, limit: paging.limit })
}

/// The same in the part at `cursor`.
///
/// # Errors
/// As for [`deliveries`].
pub async fn deliveries_after(
    ctx: &Context,
    actor: &Actor,
    id: WebhookId,
    cursor: &Cursor,
) -> Result<Slice<Delivery>> {
    let rows = newest_first().part(deliveries_of(ctx, actor, id).await?, cursor)?;
    let rows = rows.all(&*ctx.db.for_lists().await?).await?;
    let position = |row: &webhook_delivery::Model| Position::at_time(row.created_at, row.id.0);
    Slice::cut(rows, cursor.limit, position).try_map(|row| Ok(row.into_view()))
}

async fn deliveries_of(
    ctx: &Context,
    actor: &Actor,
    id: WebhookId,
) -> Result<Select<webhook_delivery::Entity>> {
    find(ctx.db.connection(), actor, id).await?;
    let all = webhook_delivery::Entity::find();
    Ok(all.filter(webhook_delivery::Column::WebhookId.eq(id)))
}

/// As the index on `webhook_id`, `created_at` and `id` has them.
fn newest_first() -> Keyset {
    use webhook_delivery::Column::{CreatedAt, Id};
    let column = |column| (webhook_delivery::Entity, column);
    Keyset::by_time(column(CreatedAt), column(Id), Order::Desc)
}

/// Sends a delivery of one of the actor's webhooks again at once, with the same `webhook-id`.
/// Further attempts follow as for a new one.
///
/// # Errors
/// Unauthorized; forbidden; [`ErrorCode::DeliveryNotFound`]; [`ErrorCode::WebhookDisabled`].
pub async fn send_again(ctx: &Context, actor: &Actor, id: DeliveryId) -> Result<Delivery> {
    actor.require_writer(Role::Organizer)?;
    let not_found = || PublicError::new(ErrorCode::DeliveryNotFound, "Delivery not found");
    let found = webhook_delivery::Entity::find_by_id(id).one(ctx.db.connection()).await?;
    let webhook_id = found.ok_or_else(not_found)?.webhook_id;
    let (view, tickets) = retry(async || {
        let tx = ctx.db.begin_read_committed().await?;
        let webhook = find_locked(&*tx, actor, webhook_id).await.map_err(|error| match error {
            Error::Public(error) if error.code == ErrorCode::WebhookNotFound => not_found().into(),
            error => error,
        })?;
        // Again, because a job may have changed it before the lock.
        let found = webhook_delivery::Entity::find_by_id(id).one(&*tx).await?;
        let mut row = found.ok_or_else(not_found)?;
        row.status = DeliveryStatus::Pending;
        row.attempts = 0;
        row.first_attempt_at = None;
        row.next_attempt_at = Some(ctx.now().utc());
        bulk::update(&*tx, vec![row.clone()]).await?;
        let tickets = wake(ctx, tx, webhook).await?;
        Ok((row.into_view(), tickets))
    })
    .await?;
    jobs::push_tickets(ctx, tickets);
    Ok(view)
}

/// Sends a test to one of the actor's webhooks.
///
/// # Errors
/// Unauthorized; forbidden; [`ErrorCode::WebhookNotFound`]; [`ErrorCode::WebhookDisabled`].
pub async fn send_test(ctx: &Context, actor: &Actor, id: WebhookId) -> Result<Delivery> {
    actor.require_writer(Role::Organizer)?;
    let (view, tickets) = retry(async || {
        let tx = ctx.db.begin_read_committed().await?;
        let webhook = find_locked(&*tx, actor, id).await?;
        let row = delivery(id, &Event::test(ctx.now()));
        bulk::insert(&*tx, vec![row.clone()]).await?;
        let tickets = wake(ctx, tx, webhook).await?;
        Ok((row.into_view(), tickets))
    })
    .await?;
    jobs::push_tickets(ctx, tickets);
    Ok(view)
}

/// Ends the rest of the receiver, because the organizer asks for a request, and commits.
async fn wake(
    ctx: &Context,
    tx: WriteTx<'_>,
    mut webhook: webhook::Model,
) -> Result<Vec<jobs::Ticket>> {
    if !webhook.enabled {
        let message = "This webhook is disabled. Enable it first.";
        return Err(PublicError::new(ErrorCode::WebhookDisabled, message).into());
    }
    webhook.paused_until = None;
    let rows = jobs::rows(ctx.now(), [NewJob::from(DeliverWebhooks { webhook_id: webhook.id })]);
    let tickets = rows.iter().map(|row| jobs::Ticket::of(ctx, row)).collect();
    bulk::update(&*tx, vec![webhook]).await?;
    bulk::insert(&*tx, rows).await?;
    tx.commit().await?;
    Ok(tickets)
}
