//! The access codes of a competition.

use axum::{Json, extract::State};
use domain::{AccessCodeUse, CompetitionId};
use service::competitions;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::Id,
    parameters::CompetitionPath,
    responses::{CompetitionNotFound, OwnerOnly},
};
use crate::{AppState, auth::Organizer, problem::Problem};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new().read(routes!(list_access_codes))
}

/// List the access codes of my competition
///
/// In order, with how many registrations are active with each. They are set by editing the
/// competition: `accessCodes`. At most 50; those of invitations are not among them.
#[utoipa::path(
    get, path = "/competitions/{id}/access-codes", tag = "registrations",
    security(("bearer" = [])),
    params(CompetitionPath),
    responses(
        (status = 200, description = "All access codes", body = [AccessCodeUse]),
        OwnerOnly, CompetitionNotFound,
    ),
)]
async fn list_access_codes(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<CompetitionId>,
) -> Result<Json<Vec<AccessCodeUse>>, Problem> {
    Ok(Json(competitions::access_codes(&state.ctx, &actor, id).await?))
}
