//! The job that makes a delivery of each event for each webhook that wants it.

use std::time::Duration;

use domain::{CompetitionId, DeliveryId, DeliveryStatus, DisabledReason, UserId, WebhookId};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};
use serde::{Deserialize, Serialize};

use super::{deliver::DeliverWebhooks, disable::disable, event::Event};
use crate::{
    Context, Result,
    entity::{competition, webhook, webhook_delivery},
    infrastructure::{
        db::{bulk, retry},
        ids::new_id,
    },
    jobs::{self, BackgroundJob, Class, Execution, NewJob},
    metrics::WEBHOOKS,
};

/// The most deliveries that wait for one webhook. With more it is disabled, because its receiver is
/// gone or too slow.
const MAX_BACKLOG: u64 = 10_000;

/// Make deliveries of events. One job holds all events of a transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PublishEvents {
    organizer_id: UserId,
    competition_id: CompetitionId,
    events: Vec<Event>,
}

impl PublishEvents {
    pub(crate) fn of(competition: &competition::Model, events: Vec<Event>) -> Self {
        Self::about(competition.id, competition.organizer_id, events)
    }

    pub(crate) fn about(
        competition_id: CompetitionId,
        organizer_id: UserId,
        events: Vec<Event>,
    ) -> Self {
        Self { organizer_id, competition_id, events }
    }
}

impl BackgroundJob for PublishEvents {
    const NAME: &'static str = "publish_events";
    const CLASS: Class = Class::Webhooks;
    const PRIORITY: i16 = 8;
    const TIME_LIMIT: Duration = Duration::from_secs(30);

    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        let due = retry(|| publish(ctx, execution)).await?;
        jobs::push_tickets(ctx, due);
        Ok(())
    }
}

/// Returns the tickets of the jobs that send the deliveries.
async fn publish(
    ctx: &Context,
    execution: &Execution<'_, PublishEvents>,
) -> Result<Vec<jobs::Ticket>> {
    let now = ctx.now();
    let tx = execution.acknowledge(ctx.db.begin_read_committed().await?, now).await?;
    if !tx.holds(execution.claim()) {
        return Ok(Vec::new());
    }
    let PublishEvents { organizer_id, competition_id, events } = execution.payload();
    let in_scope = Condition::any()
        .add(webhook::Column::CompetitionId.is_null())
        .add(webhook::Column::CompetitionId.eq(*competition_id));
    let webhooks = webhook::Entity::find()
        .filter(webhook::Column::OrganizerId.eq(*organizer_id))
        .filter(webhook::Column::Enabled.eq(true))
        .filter(in_scope)
        .order_by_asc(webhook::Column::Id)
        .lock_exclusive()
        .all(&*tx)
        .await?;
    let (mut deliveries, mut due, mut disabled) = (Vec::new(), Vec::new(), 0);
    for webhook in webhooks {
        let before = deliveries.len();
        let wanted = events.iter().filter(|event| webhook.wants(event.kind));
        deliveries.extend(wanted.map(|event| delivery(webhook.id, event)));
        if deliveries.len() == before {
            continue;
        }
        if has_full_backlog(&*tx, webhook.id).await? {
            deliveries.truncate(before);
            disable(ctx, &*tx, webhook, DisabledReason::Backlog).await?;
            disabled += 1;
        } else {
            due.push(NewJob::from(DeliverWebhooks { webhook_id: webhook.id }));
        }
    }
    bulk::insert(&*tx, deliveries).await?;
    let rows = jobs::rows(now, due);
    let tickets = rows.iter().map(|row| jobs::Ticket::of(ctx, row)).collect();
    bulk::insert(&*tx, rows).await?;
    tx.commit().await?;
    (0..disabled).for_each(|_| WEBHOOKS.disabled(DisabledReason::Backlog));
    Ok(tickets)
}

/// A delivery that is due at once.
pub(super) fn delivery(webhook_id: WebhookId, event: &Event) -> webhook_delivery::Model {
    webhook_delivery::Model {
        id: DeliveryId(new_id()),
        webhook_id,
        event_id: event.id,
        event_type: event.kind.to_string(),
        payload: event.payload(),
        status: DeliveryStatus::Pending,
        attempts: 0,
        next_attempt_at: Some(event.at.utc()),
        first_attempt_at: None,
        last_attempt_at: None,
        response_status: None,
        duration_ms: None,
        response_body: None,
        error: None,
        created_at: event.at.utc(),
    }
}

async fn has_full_backlog(tx: &impl ConnectionTrait, webhook: WebhookId) -> Result<bool> {
    let one_too_many = webhook_delivery::Entity::find()
        .select_only()
        .column(webhook_delivery::Column::Id)
        .filter(webhook_delivery::Column::WebhookId.eq(webhook))
        .filter(webhook_delivery::Column::Status.eq(DeliveryStatus::Pending))
        .offset(MAX_BACKLOG - 1)
        .limit(1)
        .into_tuple::<DeliveryId>();
    Ok(one_too_many.one(tx).await?.is_some())
}
