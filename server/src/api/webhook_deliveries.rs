//! `/api/webhooks/…/deliveries`: what was sent to a webhook.

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::StatusCode,
    response::Response,
};
use domain::{Delivery, DeliveryId, PageQuery, WebhookId};
use service::webhooks;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    cursor::CursorList,
    extract::{Id, NoBody, QueryString},
    paging,
    parameters::{DeliveryPath, Parts, WebhookPath},
    responses::{
        DeliveryNotFound, InvalidParameter, OrganizerOnly, WebhookDisabled, WebhookNotFound,
    },
};
use crate::{AppState, auth::Organizer, problem::Problem};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .write(routes!(send_test_event))
        .read(routes!(list_deliveries))
        .write(routes!(send_delivery_again))
}

/// Send a test event
///
/// Of the type `webhook.test`, whatever event types the webhook has.
#[utoipa::path(
    post, path = "/webhooks/{id}/test", tag = "webhooks", security(("bearer" = [])),
    params(WebhookPath),
    responses(
        (status = 202, description = "The delivery, which is sent at once", body = Delivery),
        OrganizerOnly, WebhookNotFound, WebhookDisabled,
    ),
)]
async fn send_test_event(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<WebhookId>,
    NoBody: NoBody,
) -> Result<(StatusCode, Json<Delivery>), Problem> {
    let delivery = webhooks::send_test(&state.ctx, &actor, id).await?;
    Ok((StatusCode::ACCEPTED, Json(delivery)))
}

/// List the deliveries of a webhook
///
/// With the last attempt of each. Deliveries are deleted after 30 days.
#[utoipa::path(
    get, path = "/webhooks/{id}/deliveries", tag = "webhooks", security(("bearer" = [])),
    params(WebhookPath, Parts),
    responses(
        (status = 200, description = "One page, or the part at the cursor; newest first",
            body = [Delivery], headers(("X-Total-Count"), ("Link"))),
        InvalidParameter, OrganizerOnly, WebhookNotFound,
    ),
)]
async fn list_deliveries(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<WebhookId>,
    uri: OriginalUri,
    list: CursorList,
    QueryString(query): QueryString<PageQuery>,
) -> Result<Response, Problem> {
    let key = state.tokens.cursors();
    if let Some(cursor) = list.requested(key, None)? {
        let slice = webhooks::deliveries_after(&state.ctx, &actor, id, &cursor).await?;
        return Ok(list.respond(key, None, &slice));
    }
    let page = webhooks::deliveries(&state.ctx, &actor, id, query.check()?).await?;
    Ok(paging::respond(&uri, &page))
}

/// Send a delivery again
///
/// At once, with the same `webhook-id` and body. If it fails, further attempts follow as for a new
/// event.
#[utoipa::path(
    post, path = "/webhooks/deliveries/{id}/send-again", tag = "webhooks",
    security(("bearer" = [])),
    params(DeliveryPath),
    responses(
        (status = 202, description = "The delivery, which is sent at once", body = Delivery),
        OrganizerOnly, DeliveryNotFound, WebhookDisabled,
    ),
)]
async fn send_delivery_again(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<DeliveryId>,
    NoBody: NoBody,
) -> Result<(StatusCode, Json<Delivery>), Problem> {
    let delivery = webhooks::send_again(&state.ctx, &actor, id).await?;
    Ok((StatusCode::ACCEPTED, Json(delivery)))
}
