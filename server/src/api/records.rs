//! One registration, for the organizer of the competition: its history, and its answers.

use axum::{Json, extract::State};
use domain::{CompetitionId, RegistrationId, RegistrationPatch, RegistrationRecord};
use service::registration;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::{Body, Ids},
    parameters::RecordPath,
    responses::{
        CorrectionConflict, CorrectionRefused, NotYourCompetition, OwnerOnly, RecordNotFound,
    },
};
use crate::{
    AppState,
    auth::{LoggedIn, Organizer},
    problem::Problem,
};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new().read(routes!(get_roster_entry)).write(routes!(edit_roster_entry))
}

/// Get a participant of my competition
///
/// The registration with its answers and its history: what its organizer has done to it, newest
/// first, at most 100 events. For the organizer of the competition and for administrators.
#[utoipa::path(
    get, path = "/competitions/{id}/registrations/{registrationId}", tag = "registrations",
    security(("bearer" = [])),
    params(RecordPath),
    responses(
        (status = 200, description = "The registration", body = RegistrationRecord),
        NotYourCompetition, RecordNotFound,
    ),
)]
async fn get_roster_entry(
    State(state): State<AppState>,
    LoggedIn(actor): LoggedIn,
    Ids(competition, id): Ids<CompetitionId, RegistrationId>,
) -> Result<Json<RegistrationRecord>, Problem> {
    Ok(Json(registration::record(&state.ctx, &actor, competition, id).await?))
}

/// Correct the answers of a participant
///
/// Until the competition is over, unless the participant has cancelled the registration. `answers`
/// has all answers to the `questions` that the competition asks; a question without one is not
/// answered any more, also a required one. The change is recorded, and the participant is notified
/// of it. Without a change nothing happens.
#[utoipa::path(
    patch, path = "/competitions/{id}/registrations/{registrationId}", tag = "registrations",
    security(("bearer" = [])),
    params(RecordPath),
    request_body = RegistrationPatch,
    responses(
        (status = 200, description = "The registration with its answers",
            body = RegistrationRecord),
        CorrectionRefused, OwnerOnly, RecordNotFound, CorrectionConflict,
    ),
)]
async fn edit_roster_entry(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Ids(competition, id): Ids<CompetitionId, RegistrationId>,
    Body(input): Body<RegistrationPatch>,
) -> Result<Json<RegistrationRecord>, Problem> {
    let (ctx, actor) = (&state.ctx, &actor);
    Ok(Json(registration::correct_answers(ctx, actor, competition, id, input, None).await?))
}
