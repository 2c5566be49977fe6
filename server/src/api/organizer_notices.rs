//! When an organizer is notified of what.

use axum::{Json, extract::State};
use domain::{OrganizerNotices, OrganizerNoticesPatch};
use service::organizer_notices;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::Body,
    responses::{InvalidField, OrganizerOnly},
};
use crate::{AppState, auth::Organizer, problem::Problem};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new().read(routes!(get_organizer_notices)).write(routes!(edit_organizer_notices))
}

/// Get when I am notified of what participants do
///
/// For all competitions of the organizer: within minutes (`AT_ONCE`), with all other news of the
/// day in the morning (`DAILY`), or not at all (`NEVER`).
#[utoipa::path(
    get, path = "/auth/me/organizer-notices", tag = "accounts", security(("bearer" = [])),
    responses(
        (status = 200, description = "The choices", body = OrganizerNotices),
        OrganizerOnly,
    ),
)]
async fn get_organizer_notices(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
) -> Result<Json<OrganizerNotices>, Problem> {
    Ok(Json(organizer_notices::get(&state.ctx, &actor).await?))
}

/// Edit when I am notified of what participants do
///
/// Absent fields stay unchanged.
#[utoipa::path(
    patch, path = "/auth/me/organizer-notices", tag = "accounts", security(("bearer" = [])),
    request_body = OrganizerNoticesPatch,
    responses(
        (status = 200, description = "The new choices", body = OrganizerNotices),
        InvalidField, OrganizerOnly,
    ),
)]
async fn edit_organizer_notices(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Body(patch): Body<OrganizerNoticesPatch>,
) -> Result<Json<OrganizerNotices>, Problem> {
    Ok(Json(organizer_notices::edit(&state.ctx, &actor, &patch).await?))
}
