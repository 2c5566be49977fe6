//! Recording requests: what follows for their deliveries and for the webhook.

use chrono::TimeDelta;
use domain::{DeliveryStatus, DisabledReason, JobId, Timestamp, WebhookId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QuerySelect, prelude::DateTimeUtc};

use super::{
    attempt::Attempt,
    backlog::pending_of,
    disable::disable,
    schedule::{GIVE_UP_AFTER, MIN_FAILURES, end_after, pause_after, postponed, rest_after},
};
use crate::{
    Context, Result,
    entity::{webhook, webhook_delivery},
    infrastructure::db::bulk,
    metrics::WEBHOOKS,
};

/// How long the claim of a job on its webhook lasts. A round of requests takes 15 s.
pub(super) const CLAIM: TimeDelta = TimeDelta::minutes(2);

/// Records a round of requests, and renews the claim. Returns the webhook if further requests may
/// follow at once; `Ok(None)` when it rests, is disabled or deleted, or another job has it.
pub(super) async fn record(
    ctx: &Context,
    job: JobId,
    webhook: &webhook::Model,
    attempts: &[Attempt],
) -> Result<Option<webhook::Model>> {
    let now = ctx.now();
    let tx = ctx.db.begin_read_committed().await?;
    let found = webhook::Entity::find_by_id(webhook.id).lock_exclusive().one(&*tx).await?;
    let Some(mut webhook) = found.filter(|row| row.claimed_by == Some(job)) else {
        return Ok(None);
    };
    webhook.claimed_until = Some(now.utc() + CLAIM);
    let deliveries: Vec<_> = attempts.iter().map(|attempt| after(attempt, now)).collect();
    let statuses: Vec<_> = deliveries.iter().map(|delivery| delivery.status).collect();
    bulk::update(&*tx, deliveries).await?;
    let asked = attempts.iter().filter_map(|attempt| attempt.not_before).max();
    let asked = match asked {
        Some(asked) => Some(asked.min(earliest_end(&*tx, webhook.id, now).await?)),
        None => None,
    };
    let reason = judge(&mut webhook, attempts, asked, now);
    bulk::update(&*tx, vec![webhook.clone()]).await?;
    let may_continue = reason.is_none()
        && webhook.enabled
        && webhook.paused_until.is_none_or(|until| until <= now.utc());
    let disabled = reason.filter(|_| webhook.enabled);
    if let Some(reason) = disabled {
        disable(ctx, &*tx, webhook.clone(), reason).await?;
    }
    tx.commit().await?;
    statuses.into_iter().for_each(|status| WEBHOOKS.attempted(status));
    if let Some(reason) = disabled {
        WEBHOOKS.disabled(reason);
    }
    Ok(may_continue.then_some(webhook))
}

/// The delivery after an attempt.
fn after(attempt: &Attempt, now: Timestamp) -> webhook_delivery::Model {
    let exchange = &attempt.exchange;
    let attempts = attempt.delivery.attempts + 1;
    let first = attempt.delivery.first_attempt_at.unwrap_or(attempt.at.utc());
    let pause = if attempt.is_success() { None } else { pause_after(attempts) };
    let next =
        pause.map(|pause| postponed(now.utc() + pause, attempt.not_before, end_after(first)));
    let status = match next {
        _ if attempt.is_success() => DeliveryStatus::Delivered,
        Some(_) => DeliveryStatus::Pending,
        None => DeliveryStatus::Failed,
    };
    let no_success = || format!("the receiver answered {}", exchange.status.unwrap_or_default());
    let error = exchange.error.clone().or_else(|| (!attempt.is_success()).then(no_success));
    webhook_delivery::Model {
        status,
        attempts,
        next_attempt_at: next,
        first_attempt_at: Some(first),
        last_attempt_at: Some(attempt.at.utc()),
        response_status: exchange.status.map(i32::from),
        duration_ms: Some(exchange.duration.as_millis().try_into().unwrap_or(i32::MAX)),
        response_body: exchange.status.map(|_| exchange.body.clone()),
        error,
        ..attempt.delivery.clone()
    }
}

/// When the first of the deliveries ends that were attempted and wait for another attempt: until
/// then at most the receiver may postpone requests, so that none of them comes too late.
async fn earliest_end(
    tx: &impl ConnectionTrait,
    webhook: WebhookId,
    now: Timestamp,
) -> Result<DateTimeUtc> {
    let first: Option<Option<DateTimeUtc>> = pending_of(webhook)
        .select_only()
        .column_as(webhook_delivery::Column::FirstAttemptAt.min(), "first")
        .into_tuple()
        .one(tx)
        .await?;
    Ok(end_after(first.flatten().unwrap_or(now.utc())))
}

/// Updates the health of a webhook, whose receiver has asked for no request before `asked`. Returns
/// why it is to be disabled, if it is.
fn judge(
    webhook: &mut webhook::Model,
    attempts: &[Attempt],
    asked: Option<DateTimeUtc>,
    now: Timestamp,
) -> Option<DisabledReason> {
    if attempts.iter().any(Attempt::is_gone) {
        return Some(DisabledReason::Gone);
    }
    if attempts.iter().any(Attempt::is_success) {
        (webhook.failures, webhook.failing_since, webhook.paused_until) = (0, None, None);
        return None;
    }
    webhook.failures = webhook.failures.saturating_add(1);
    let since = *webhook.failing_since.get_or_insert(now.utc());
    if attempts.iter().any(Attempt::found_no_receiver) {
        let rest = now.utc() + rest_after(webhook.failures);
        webhook.paused_until = Some(asked.map_or(rest, |asked| rest.max(asked)));
    }
    let is_given_up = now.utc() - since >= GIVE_UP_AFTER && webhook.failures >= MIN_FAILURES;
    is_given_up.then_some(DisabledReason::Failing)
}
