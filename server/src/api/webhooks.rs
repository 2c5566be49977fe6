//! `/api/webhooks`: the webhooks of an organizer.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::{Webhook, WebhookId, WebhookInput, WebhookPatch, WebhookWithSecret};
use service::webhooks;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::{Body, Id, NoBody},
    location,
    parameters::WebhookPath,
    responses::{InvalidField, OrganizerOnly, TooManyWebhooks, WebhookNotFound},
};
use crate::{AppState, auth::Organizer, problem::Problem};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .read(routes!(list_webhooks))
        .write(routes!(create_webhook))
        .read(routes!(get_webhook))
        .write(routes!(edit_webhook, delete_webhook))
        .write(routes!(rotate_webhook_secret))
}

/// List my webhooks
///
/// At most ten, without their secrets.
#[utoipa::path(
    get, path = "/webhooks", tag = "webhooks", security(("bearer" = [])),
    responses(
        (status = 200, description = "The webhooks, oldest first", body = [Webhook]),
        OrganizerOnly,
    ),
)]
async fn list_webhooks(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
) -> Result<Json<Vec<Webhook>>, Problem> {
    Ok(Json(webhooks::list(&state.ctx, &actor).await?))
}

/// Create a webhook
///
/// Events of the organizer's competitions are sent to its address, signed with the secret in this
/// response. No later response has the secret.
#[utoipa::path(
    post, path = "/webhooks", tag = "webhooks", security(("bearer" = [])),
    request_body = WebhookInput,
    responses(
        (status = 201, description = "The webhook was created", body = WebhookWithSecret,
            headers(("Location"))),
        InvalidField, OrganizerOnly, TooManyWebhooks,
    ),
)]
async fn create_webhook(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Body(input): Body<WebhookInput>,
) -> Result<Response, Problem> {
    let created = webhooks::create(&state.ctx, &actor, input).await?;
    Ok(location::created("/api/webhooks/", created.webhook.id, Json(created)))
}

/// Get a webhook
///
/// Its health is in `enabled`, `disabledReason` and `failingSince`.
#[utoipa::path(
    get, path = "/webhooks/{id}", tag = "webhooks", security(("bearer" = [])),
    params(WebhookPath),
    responses(
        (status = 200, description = "The webhook", body = Webhook),
        OrganizerOnly, WebhookNotFound,
    ),
)]
async fn get_webhook(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<WebhookId>,
) -> Result<Json<Webhook>, Problem> {
    Ok(Json(webhooks::get(&state.ctx, &actor, id).await?))
}

/// Edit a webhook
///
/// Absent fields stay unchanged. Disabling it ends the deliveries that wait; enabling it sends the
/// events from then on.
#[utoipa::path(
    patch, path = "/webhooks/{id}", tag = "webhooks", security(("bearer" = [])),
    params(WebhookPath),
    request_body = WebhookPatch,
    responses(
        (status = 200, description = "The edited webhook", body = Webhook),
        InvalidField, OrganizerOnly, WebhookNotFound,
    ),
)]
async fn edit_webhook(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<WebhookId>,
    Body(patch): Body<WebhookPatch>,
) -> Result<Json<Webhook>, Problem> {
    Ok(Json(webhooks::edit(&state.ctx, &actor, id, patch).await?))
}

/// Delete a webhook
///
/// With its deliveries. Nothing is sent to it any more.
#[utoipa::path(
    delete, path = "/webhooks/{id}", tag = "webhooks", security(("bearer" = [])),
    params(WebhookPath),
    responses(
        (status = 204, description = "Deleted"),
        OrganizerOnly, WebhookNotFound,
    ),
)]
async fn delete_webhook(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<WebhookId>,
    NoBody: NoBody,
) -> Result<StatusCode, Problem> {
    webhooks::delete(&state.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Rotate the secret of a webhook
///
/// For 24 hours requests are signed with the previous secret too, so that the receiver can be
/// changed without a gap.
#[utoipa::path(
    post, path = "/webhooks/{id}/rotate-secret", tag = "webhooks", security(("bearer" = [])),
    params(WebhookPath),
    responses(
        (status = 200, description = "The webhook with its new secret", body = WebhookWithSecret),
        OrganizerOnly, WebhookNotFound,
    ),
)]
async fn rotate_webhook_secret(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<WebhookId>,
    NoBody: NoBody,
) -> Result<Json<WebhookWithSecret>, Problem> {
    Ok(Json(webhooks::rotate_secret(&state.ctx, &actor, id).await?))
}
