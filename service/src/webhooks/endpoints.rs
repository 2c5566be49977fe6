//! The webhooks of an organizer. Those of others are answered like webhooks that do not exist.

use chrono::TimeDelta;
use domain::{
    DisabledReason, ErrorCode, EventType, MAX_WEBHOOKS, NewWebhook, PublicError, Role, Webhook,
    WebhookEdit, WebhookId, WebhookInput, WebhookPatch, WebhookWithSecret,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ModelTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::{
    disable::{fail_pending, set_disabled},
    flags::{lock_organizer, refresh},
    secret::new_secret,
};
use crate::{
    Actor, Context, Result,
    entity::{competition, webhook},
    infrastructure::{
        db::{bulk, retry},
        ids::new_id,
    },
};

/// How long requests are signed with the previous secret too.
const GRACE: TimeDelta = TimeDelta::hours(24);

/// The actor's webhooks, oldest first.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but an organizer.
pub async fn list(ctx: &Context, actor: &Actor) -> Result<Vec<Webhook>> {
    let user = actor.require(Role::Organizer)?;
    let rows = webhook::Entity::find()
        .filter(webhook::Column::OrganizerId.eq(user.id))
        .order_by_asc(webhook::Column::CreatedAt)
        .order_by_asc(webhook::Column::Id)
        .all(ctx.db.connection())
        .await?;
    Ok(rows.into_iter().map(webhook::Model::into_view).collect())
}

/// One of the actor's webhooks.
///
/// # Errors
/// Unauthorized; forbidden; [`ErrorCode::WebhookNotFound`].
pub async fn get(ctx: &Context, actor: &Actor, id: WebhookId) -> Result<Webhook> {
    Ok(find(ctx.db.connection(), actor, id).await?.into_view())
}

/// Creates a webhook. Its secret is in no other result.
///
/// # Errors
/// Unauthorized; forbidden; every fault of the input at once; [`ErrorCode::TooManyWebhooks`].
pub async fn create(
    ctx: &Context,
    actor: &Actor,
    input: WebhookInput,
) -> Result<WebhookWithSecret> {
    let organizer = actor.require_writer(Role::Organizer)?.id;
    let new = input.check(|url| ctx.outbound.check_url(url).map(String::from))?;
    retry(async || {
        // READ COMMITTED: see `flags::refresh`.
        let tx = ctx.db.begin_read_committed().await?;
        lock_organizer(&*tx, organizer).await?;
        let own = webhook::Entity::find().filter(webhook::Column::OrganizerId.eq(organizer));
        if own.count(&*tx).await? >= MAX_WEBHOOKS {
            let message = format!("You have {MAX_WEBHOOKS} webhooks. Delete one of them first.");
            return Err(PublicError::new(ErrorCode::TooManyWebhooks, message).into());
        }
        if let Some(id) = new.competition {
            let own = competition::Entity::find_by_id(id)
                .filter(competition::Column::OrganizerId.eq(organizer));
            if own.one(&*tx).await?.is_none() {
                let (code, message) = (ErrorCode::ValidationFailed, "Competition not found");
                return Err(PublicError::on_field(code, "competitionId", message).into());
            }
        }
        let row = row(ctx, organizer, &new);
        bulk::insert(&*tx, vec![row.clone()]).await?;
        refresh(&*tx, organizer).await?;
        tx.commit().await?;
        Ok(row.into_view_with_secret())
    })
    .await
}

fn row(ctx: &Context, organizer_id: domain::UserId, new: &NewWebhook) -> webhook::Model {
    let now = ctx.now().utc();
    webhook::Model {
        id: WebhookId(new_id()),
        organizer_id,
        competition_id: new.competition,
        url: new.url.clone(),
        description: new.description.clone(),
        event_types: names(&new.event_types),
        secret: new_secret(),
        previous_secret: None,
        previous_secret_until: None,
        enabled: true,
        disabled_reason: None,
        failures: 0,
        failing_since: None,
        paused_until: None,
        claimed_by: None,
        claimed_until: None,
        wake_job: None,
        wakes_at: None,
        created_at: now,
        updated_at: now,
    }
}

fn names(event_types: &[EventType]) -> String {
    event_types.iter().map(|kind| kind.as_str()).collect::<Vec<_>>().join(" ")
}

/// Changes one of the actor's webhooks. Enabling it sends events from now on; disabling it ends the
/// deliveries that wait.
///
/// # Errors
/// Unauthorized; forbidden; [`ErrorCode::WebhookNotFound`]; every fault of the input at once.
pub async fn edit(
    ctx: &Context,
    actor: &Actor,
    id: WebhookId,
    patch: WebhookPatch,
) -> Result<Webhook> {
    let organizer = actor.require_writer(Role::Organizer)?.id;
    let edit = patch.check(|url| ctx.outbound.check_url(url).map(String::from))?;
    retry(async || {
        let tx = ctx.db.begin_read_committed().await?;
        lock_organizer(&*tx, organizer).await?;
        let mut row = find_locked(&*tx, actor, id).await?;
        let was_enabled = row.enabled;
        apply(ctx, &mut row, &edit);
        bulk::update(&*tx, vec![row.clone()]).await?;
        if was_enabled && !row.enabled {
            fail_pending(&*tx, id).await?;
        }
        refresh(&*tx, organizer).await?;
        tx.commit().await?;
        Ok(row.into_view())
    })
    .await
}

fn apply(ctx: &Context, row: &mut webhook::Model, edit: &WebhookEdit) {
    let now = ctx.now();
    row.updated_at = now.utc();
    if let Some(url) = &edit.url
        && *url != row.url
    {
        row.url.clone_from(url);
        // Another receiver.
        (row.failures, row.failing_since, row.paused_until) = (0, None, None);
    }
    if let Some(description) = &edit.description {
        row.description.clone_from(description);
    }
    if let Some(event_types) = &edit.event_types {
        row.event_types = names(event_types);
    }
    match edit.enabled {
        Some(true) if !row.enabled => {
            (row.enabled, row.disabled_reason) = (true, None);
            (row.failures, row.failing_since, row.paused_until) = (0, None, None);
        }
        Some(false) if row.enabled => set_disabled(row, DisabledReason::Organizer, now),
        _ => {}
    }
}

/// Replaces the secret. Requests are signed with the previous one too for 24 hours.
///
/// # Errors
/// Unauthorized; forbidden; [`ErrorCode::WebhookNotFound`].
pub async fn rotate_secret(
    ctx: &Context,
    actor: &Actor,
    id: WebhookId,
) -> Result<WebhookWithSecret> {
    actor.require_writer(Role::Organizer)?;
    retry(async || {
        let tx = ctx.db.begin_read_committed().await?;
        let mut row = find_locked(&*tx, actor, id).await?;
        let now = ctx.now().utc();
        row.previous_secret = Some(std::mem::replace(&mut row.secret, new_secret()));
        row.previous_secret_until = Some(now + GRACE);
        row.updated_at = now;
        bulk::update(&*tx, vec![row.clone()]).await?;
        tx.commit().await?;
        Ok(row.into_view_with_secret())
    })
    .await
}

/// Deletes one of the actor's webhooks with its deliveries.
///
/// # Errors
/// Unauthorized; forbidden; [`ErrorCode::WebhookNotFound`].
pub async fn delete(ctx: &Context, actor: &Actor, id: WebhookId) -> Result<()> {
    let organizer = actor.require_writer(Role::Organizer)?.id;
    retry(async || {
        let tx = ctx.db.begin_read_committed().await?;
        lock_organizer(&*tx, organizer).await?;
        find_locked(&*tx, actor, id).await?.delete(&*tx).await?;
        refresh(&*tx, organizer).await?;
        tx.commit().await
    })
    .await
}

/// One of the actor's webhooks, locked until the transaction ends.
pub(super) async fn find_locked(
    tx: &impl ConnectionTrait,
    actor: &Actor,
    id: WebhookId,
) -> Result<webhook::Model> {
    let organizer = actor.require_writer(Role::Organizer)?.id;
    let own = webhook::Entity::find_by_id(id).filter(webhook::Column::OrganizerId.eq(organizer));
    Ok(own.lock_exclusive().one(tx).await?.ok_or_else(not_found)?)
}

pub(super) async fn find(
    db: &impl ConnectionTrait,
    actor: &Actor,
    id: WebhookId,
) -> Result<webhook::Model> {
    let organizer = actor.require(Role::Organizer)?.id;
    let own = webhook::Entity::find_by_id(id).filter(webhook::Column::OrganizerId.eq(organizer));
    Ok(own.one(db).await?.ok_or_else(not_found)?)
}

fn not_found() -> PublicError {
    PublicError::new(ErrorCode::WebhookNotFound, "Webhook not found")
}
