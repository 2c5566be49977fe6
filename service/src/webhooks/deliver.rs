//! The job that sends the deliveries of a webhook.

use std::time::Duration;

use chrono::TimeDelta;
use domain::{JobId, Timestamp, WebhookId};
use futures::future::try_join_all;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    prelude::DateTimeUtc, sea_query::Expr,
};
use serde::{Deserialize, Serialize};
use tokio::time::Instant;

use super::{
    attempt::Attempt,
    backlog::pending_of,
    disable::fail_pending,
    outcome::{CLAIM, record},
};
use crate::{
    Context, Result,
    entity::{webhook, webhook_delivery},
    infrastructure::{
        db::{bulk, retry},
        failpoint,
    },
    jobs::{self, BackgroundJob, Class, Execution, NewJob},
};

/// Requests that are sent to one receiver at the same time.
const AT_ONCE: u64 = 4;
/// After this time the job makes room for those of other webhooks, and continues behind them.
const SLICE: Duration = Duration::from_secs(20);

/// How much later than due a delivery may be attempted, so that those that failed together need one
/// job.
const SLACK: TimeDelta = TimeDelta::seconds(1);

/// Send the deliveries of a webhook that are due. A request is sent twice if a worker dies between
/// sending it and recording that; both have one `webhook-id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeliverWebhooks {
    pub(crate) webhook_id: WebhookId,
}

impl BackgroundJob for DeliverWebhooks {
    const NAME: &'static str = "deliver_webhooks";
    const CLASS: Class = Class::Webhooks;
    const PRIORITY: i16 = 12;
    const TIME_LIMIT: Duration = Duration::from_secs(90);

    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        let (id, job) = (execution.payload().webhook_id, execution.claim().id);
        // Another job that has the webhook looks for due deliveries before it releases it.
        let Some(mut webhook) = claim(ctx, id, job).await? else { return Ok(()) };
        let began = Instant::now();
        while began.elapsed() < SLICE && is_awake(&webhook, ctx.now()) {
            let due = due(ctx, id).await?;
            if due.is_empty() {
                break;
            }
            let attempts = due.into_iter().map(|delivery| Attempt::make(ctx, &webhook, delivery));
            let attempts = try_join_all(attempts).await?;
            failpoint::reach("webhook_sent");
            match retry(|| record(ctx, job, &webhook, &attempts)).await? {
                Some(recorded) => webhook = recorded,
                None => break,
            }
        }
        let next = retry(|| release(ctx, execution)).await?;
        jobs::push_tickets(ctx, next.into_iter().collect());
        Ok(())
    }
}

fn is_awake(webhook: &webhook::Model, now: Timestamp) -> bool {
    webhook.enabled && webhook.paused_until.is_none_or(|until| until <= now.utc())
}

/// Claims the webhook for the job; `Ok(None)` when another job has it, or it is deleted.
async fn claim(ctx: &Context, id: WebhookId, job: JobId) -> Result<Option<webhook::Model>> {
    let now = ctx.now().utc();
    let is_free = Condition::any()
        .add(webhook::Column::ClaimedBy.is_null())
        .add(webhook::Column::ClaimedBy.eq(job))
        .add(webhook::Column::ClaimedUntil.lt(now));
    let claim = webhook::Entity::update_many()
        .col_expr(webhook::Column::ClaimedBy, Expr::value(job))
        .col_expr(webhook::Column::ClaimedUntil, Expr::value(now + CLAIM))
        .filter(webhook::Column::Id.eq(id))
        .filter(is_free);
    let claimed = bulk::update_returning(&*ctx.db.autocommit().await, claim).await?;
    Ok(claimed.into_iter().next())
}

/// The next deliveries. Those that were attempted least come first, so that new events do not wait
/// for the retries of others.
async fn due(ctx: &Context, id: WebhookId) -> Result<Vec<webhook_delivery::Model>> {
    let due = pending_of(id)
        .filter(webhook_delivery::Column::NextAttemptAt.lte(ctx.now().utc()))
        .order_by_asc(webhook_delivery::Column::Attempts)
        .order_by_asc(webhook_delivery::Column::Id)
        .limit(AT_ONCE);
    Ok(due.all(ctx.db.connection()).await?)
}

/// Acknowledges the job, releases the webhook and, in the same transaction, adds the job that sends
/// its next deliveries. Returns its ticket if it is due.
///
/// An event that is committed before finds the webhook claimed, and its delivery is seen here. One
/// that is committed afterwards finds it released.
async fn release(
    ctx: &Context,
    execution: &Execution<'_, DeliverWebhooks>,
) -> Result<Option<jobs::Ticket>> {
    let (id, job) = (execution.payload().webhook_id, execution.claim().id);
    let now = ctx.now();
    let tx = execution.acknowledge(ctx.db.begin_read_committed().await?, now).await?;
    if !tx.holds(execution.claim()) {
        return Ok(None);
    }
    let found = webhook::Entity::find_by_id(id).lock_exclusive().one(&*tx).await?;
    let Some(mut webhook) = found.filter(|row| row.claimed_by == Some(job)) else {
        tx.commit().await?;
        return Ok(None);
    };
    if !webhook.enabled {
        fail_pending(&*tx, id).await?;
    }
    if webhook.wake_job == Some(job) {
        (webhook.wake_job, webhook.wakes_at) = (None, None);
    }
    let next: Option<Option<DateTimeUtc>> = pending_of(id)
        .select_only()
        .column_as(webhook_delivery::Column::NextAttemptAt.min(), "next")
        .into_tuple()
        .one(&*tx)
        .await?;
    // The rest of the receiver may be longer.
    let next = next.flatten().map(|next| next.max(webhook.paused_until.unwrap_or(next)));
    let is_planned = |next| webhook.wakes_at.is_some_and(|at| now.utc() < at && at <= next + SLACK);
    let mut ticket = None;
    if let Some(next) = next.filter(|next| !is_planned(*next)) {
        let wake = NewJob::from(DeliverWebhooks { webhook_id: id }).at(next.max(now.utc()).into());
        let rows = jobs::rows(now, [wake]);
        for row in &rows {
            (webhook.wake_job, webhook.wakes_at) = (Some(row.id), Some(row.run_at));
            ticket = (row.run_at <= now.utc()).then(|| jobs::Ticket::of(ctx, row));
        }
        bulk::insert(&*tx, rows).await?;
    }
    (webhook.claimed_by, webhook.claimed_until) = (None, None);
    bulk::update(&*tx, vec![webhook]).await?;
    tx.commit().await?;
    Ok(ticket)
}
