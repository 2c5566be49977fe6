//! Recording requests: what follows for their deliveries and for the webhook.

use chrono::TimeDelta;
use domain::{DeliveryStatus, DisabledReason, JobId, Timestamp};
use sea_orm::{EntityTrait, QuerySelect};

use super::{
    attempt::Attempt,
    disable::disable,
    schedule::{GIVE_UP_AFTER, MIN_FAILURES, pause_after, rest_after},
};
use crate::{
    Context, Result,
    entity::{webhook, webhook_delivery},
    infrastructure::db::bulk,
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
    let deliveries = attempts.iter().map(|attempt| after(attempt, now)).collect();
    bulk::update(&*tx, deliveries).await?;
    let reason = judge(&mut webhook, attempts, now);
    bulk::update(&*tx, vec![webhook.clone()]).await?;
    let may_continue = reason.is_none()
        && webhook.enabled
        && webhook.paused_until.is_none_or(|until| until <= now.utc());
    if let Some(reason) = reason
        && webhook.enabled
    {
        disable(ctx, &*tx, webhook.clone(), reason).await?;
    }
    tx.commit().await?;
    Ok(may_continue.then_some(webhook))
}

/// The delivery after an attempt.
fn after(attempt: &Attempt, now: Timestamp) -> webhook_delivery::Model {
    let exchange = &attempt.exchange;
    let attempts = attempt.delivery.attempts + 1;
    let next = if attempt.is_success() { None } else { pause_after(attempts) };
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
        next_attempt_at: next.map(|pause| now.utc() + pause),
        last_attempt_at: Some(attempt.at.utc()),
        response_status: exchange.status.map(i32::from),
        duration_ms: Some(exchange.duration.as_millis().try_into().unwrap_or(i32::MAX)),
        response_body: exchange.status.map(|_| exchange.body.clone()),
        error,
        ..attempt.delivery.clone()
    }
}

/// Updates the health of a webhook. Returns why it is to be disabled, if it is.
fn judge(
    webhook: &mut webhook::Model,
    attempts: &[Attempt],
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
        webhook.paused_until = Some(now.utc() + rest_after(webhook.failures));
    }
    let is_given_up = now.utc() - since >= GIVE_UP_AFTER && webhook.failures >= MIN_FAILURES;
    is_given_up.then_some(DisabledReason::Failing)
}
