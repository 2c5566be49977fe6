//! Disabling a webhook.

use askama::Template;
use domain::{DeliveryStatus, DisabledReason, Timestamp, WebhookId};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, prelude::DateTimeUtc};

use crate::{
    Cause, Context, Result,
    entity::{user, webhook, webhook_delivery},
    infrastructure::db::bulk,
    mail::{
        dedup_keys::ACCOUNT,
        example::Example,
        mailbox::{Draft, store_and_enqueue},
        templates::{RenderedMail, UserText},
    },
};

/// Disables a webhook that its receiver makes useless, and notifies the organizer.
///
/// `has_webhooks` of the competitions stays: until the organizer changes a webhook it costs a job
/// for each batch, and no transaction has to lock competitions after deliveries.
pub(super) async fn disable(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    mut webhook: webhook::Model,
    reason: DisabledReason,
) -> Result<()> {
    let now = ctx.now();
    let (id, organizer) = (webhook.id, webhook.organizer_id);
    tracing::info!(webhook.id = %id, ?reason, "webhook disabled");
    set_disabled(&mut webhook, reason, now);
    bulk::update(tx, vec![webhook.clone()]).await?;
    fail_pending(tx, id).await?;
    let Some(organizer) = user::Entity::find_by_id(organizer).one(tx).await? else {
        return Ok(());
    };
    let draft = draft(&organizer, &webhook, reason, now);
    store_and_enqueue(ctx, tx, vec![draft]).await
}

pub(super) fn set_disabled(webhook: &mut webhook::Model, reason: DisabledReason, now: Timestamp) {
    webhook.enabled = false;
    webhook.disabled_reason = Some(reason);
    webhook.updated_at = now.utc();
}

/// Nothing is sent to a disabled webhook. "Send again" sends what was waiting.
pub(super) async fn fail_pending(tx: &impl ConnectionTrait, webhook: WebhookId) -> Result<()> {
    use webhook_delivery::Column;
    webhook_delivery::Entity::update_many()
        .col_expr(Column::Status, Expr::value(DeliveryStatus::Failed))
        .col_expr(Column::NextAttemptAt, Expr::value(None::<DateTimeUtc>))
        .col_expr(Column::Error, Expr::value("the webhook was disabled"))
        .filter(Column::WebhookId.eq(webhook))
        .filter(Column::Status.eq(DeliveryStatus::Pending))
        .exec(tx)
        .await?;
    Ok(())
}

#[derive(Template)]
#[template(path = "mail/webhook_disabled.txt")]
struct WebhookDisabled<'a> {
    name: UserText<'a>,
    /// The note of the organizer, or the id.
    webhook: UserText<'a>,
    reason: &'a str,
}

fn draft(
    organizer: &user::Model,
    webhook: &webhook::Model,
    reason: DisabledReason,
    now: Timestamp,
) -> Draft {
    let id = webhook.id.to_string();
    let note = if webhook.description.is_empty() { &id } else { &webhook.description };
    let mail = RenderedMail::of(&WebhookDisabled {
        name: UserText(&organizer.name),
        webhook: UserText(note),
        reason: sentence(reason),
    });
    Draft {
        user: organizer.id,
        recipient: organizer.email.clone(),
        mail,
        dedup_key: format!("{ACCOUNT}webhook-disabled:{}:{now}", webhook.id),
        about: None,
        cause: Cause::current(),
    }
}

fn sentence(reason: DisabledReason) -> &'static str {
    match reason {
        DisabledReason::Organizer => "You have disabled it.",
        DisabledReason::Gone => "The receiver answered 410 Gone.",
        DisabledReason::Failing => "Every delivery of the last five days failed.",
        DisabledReason::Backlog => "More than 10,000 deliveries were waiting for it.",
    }
}

/// The mail of this module, as its preview shows it.
pub(crate) fn mail_examples() -> Vec<Example> {
    let mail = WebhookDisabled {
        name: UserText("Ada Lovelace"),
        webhook: UserText("Seats on our home page"),
        reason: sentence(DisabledReason::Failing),
    };
    vec![Example::of("webhook_disabled", &mail)]
}
