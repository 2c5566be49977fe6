//! The invitations to a competition.

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::StatusCode,
    response::Response,
};
use domain::{CompetitionId, Invitation, InvitationId, InvitationsInput, Invited, PageQuery};
use service::invitations;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::{Body, Id, Ids, NoBody, QueryString},
    paging,
    parameters::{CompetitionPath, InvitationPath, Pages},
    responses::{
        CompetitionNotFound, InvalidParameter, InvitationNotFound, InvitationRefused, OwnerOnly,
        TooManyInvitations,
    },
};
use crate::{AppState, auth::Organizer, problem::Problem};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .read(routes!(list_invitations))
        .write(routes!(invite_people))
        .write(routes!(revoke_invitation))
}

/// List the invitations to my competition
///
/// Each with its personal link, and whether an account has registered with it.
#[utoipa::path(
    get, path = "/competitions/{id}/invitations", tag = "registrations",
    security(("bearer" = [])),
    params(CompetitionPath, Pages),
    responses(
        (status = 200, description = "One page; newest first", body = [Invitation],
            headers(("X-Total-Count"), ("Link"))),
        InvalidParameter, OwnerOnly, CompetitionNotFound,
    ),
)]
async fn list_invitations(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    uri: OriginalUri,
    Id(id): Id<CompetitionId>,
    QueryString(query): QueryString<PageQuery>,
) -> Result<Response, Problem> {
    let page = invitations::list(&state.ctx, &actor, id, query.check()?).await?;
    Ok(paging::respond(&uri, &page))
}

/// Invite people to my competition
///
/// Each address gets a mail with a personal link, whose access code admits one account; an address
/// with an account gets it in the mailbox, too. An address that was invited before is invited no
/// second time, so that a retry does no harm. At most 2,000 in 24 hours, and 10,000 for a
/// competition. The `access` of the competition decides whether an invitation is needed.
#[utoipa::path(
    post, path = "/competitions/{id}/invitations", tag = "registrations",
    security(("bearer" = [])),
    params(CompetitionPath),
    request_body = InvitationsInput,
    responses(
        (status = 200, description = "The new invitations", body = Invited),
        InvitationRefused, OwnerOnly, CompetitionNotFound, TooManyInvitations,
    ),
)]
async fn invite_people(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<CompetitionId>,
    Body(input): Body<InvitationsInput>,
) -> Result<Json<Invited>, Problem> {
    Ok(Json(invitations::invite(&state.ctx, &actor, id, input).await?))
}

/// Revoke an invitation to my competition
///
/// Its code admits nobody any more. A registration that was made with it stays.
#[utoipa::path(
    delete, path = "/competitions/{id}/invitations/{invitationId}", tag = "registrations",
    security(("bearer" = [])),
    params(InvitationPath),
    responses(
        (status = 204, description = "Revoked"),
        OwnerOnly, InvitationNotFound,
    ),
)]
async fn revoke_invitation(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Ids(competition, id): Ids<CompetitionId, InvitationId>,
    NoBody: NoBody,
) -> Result<StatusCode, Problem> {
    invitations::revoke(&state.ctx, &actor, competition, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
