//! Approving, promoting and rejecting registrations.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use domain::{ApprovalInput, CompetitionId, PromotionInput, RejectionInput, ReviewedRegistrations};
use service::{Decision, registration};
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::{Body, Id, OptionalKey},
    parameters::{CompetitionPath, Keyed},
    replay,
    responses::{CompetitionNotFound, CompetitionOver, OwnerOnly, ReviewRefused},
};
use crate::{AppState, auth::Organizer, problem::Problem};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .write(routes!(approve_registrations))
        .write(routes!(promote_registrations))
        .write(routes!(reject_registrations))
}

/// Approve registrations
///
/// Each gets a seat, in the order given, or joins the waiting list; without room it stays as it is
/// and is among the `refused`. Those with a seat stay as they are, and those on the list until that
/// ends; then they get a free seat. A rejected registration can be approved later. Works until the
/// competition is over.
#[utoipa::path(
    post, path = "/competitions/{id}/registrations/approve", tag = "registrations",
    security(("bearer" = [])),
    params(CompetitionPath, Keyed),
    request_body = ApprovalInput,
    responses(
        (status = 200, description = "What became of each registration",
            body = ReviewedRegistrations, headers(("Idempotency-Replayed"))),
        ReviewRefused, OwnerOnly, CompetitionNotFound, CompetitionOver,
    ),
)]
async fn approve_registrations(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<CompetitionId>,
    OptionalKey(key): OptionalKey,
    Body(input): Body<ApprovalInput>,
) -> Result<Response, Problem> {
    Ok(respond(registration::approve(&state.ctx, &actor, id, input, key).await?))
}

/// Give registrations a seat ahead of the waiting list
///
/// Each gets a free seat, in the order given; when none is free, the capacity grows by one with
/// `addSeats`, and without it the registration stays as it is and is among the `refused`. Works for
/// registrations that wait, for a seat or for approval, and for those that were rejected. Those
/// with a seat stay as they are. Works until the competition is over.
#[utoipa::path(
    post, path = "/competitions/{id}/registrations/promote", tag = "registrations",
    security(("bearer" = [])),
    params(CompetitionPath, Keyed),
    request_body = PromotionInput,
    responses(
        (status = 200, description = "What became of each registration",
            body = ReviewedRegistrations, headers(("Idempotency-Replayed"))),
        ReviewRefused, OwnerOnly, CompetitionNotFound, CompetitionOver,
    ),
)]
async fn promote_registrations(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<CompetitionId>,
    OptionalKey(key): OptionalKey,
    Body(input): Body<PromotionInput>,
) -> Result<Response, Problem> {
    Ok(respond(registration::promote(&state.ctx, &actor, id, input, key).await?))
}

/// Reject or remove registrations
///
/// They get no seat, or lose the one they have, and cannot be made again by their participants, who
/// are notified with the reason. A seat that becomes free before the waiting list ends goes to
/// the first on it.
#[utoipa::path(
    post, path = "/competitions/{id}/registrations/reject", tag = "registrations",
    security(("bearer" = [])),
    params(CompetitionPath, Keyed),
    request_body = RejectionInput,
    responses(
        (status = 200, description = "What became of each registration",
            body = ReviewedRegistrations, headers(("Idempotency-Replayed"))),
        ReviewRefused, OwnerOnly, CompetitionNotFound, CompetitionOver,
    ),
)]
async fn reject_registrations(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<CompetitionId>,
    OptionalKey(key): OptionalKey,
    Body(input): Body<RejectionInput>,
) -> Result<Response, Problem> {
    Ok(respond(registration::reject(&state.ctx, &actor, id, input, key).await?))
}

fn respond(decision: Decision<ReviewedRegistrations>) -> Response {
    let response = match decision.outcome {
        Ok(reviewed) => Json(reviewed).into_response(),
        Err(refusal) => Problem::from(refusal).into_response(),
    };
    replay::mark(response, decision.replayed)
}
