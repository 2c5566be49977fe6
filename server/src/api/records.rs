//! Single registrations, for the organizer of the competition: adding one, its history and answers.

use axum::{Json, extract::State, response::Response};
use domain::{
    AdditionInput, CompetitionId, NewRegistration, RegistrationId, RegistrationPatch,
    RegistrationRecord,
};
use service::registration;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::{Body, Id, Ids, OptionalKey},
    parameters::{CompetitionPath, Keyed, RecordPath},
    registrations,
    responses::{
        AdditionForbidden, AdditionRefused, AlreadyAdded, CorrectionConflict, CorrectionRefused,
        NotYourCompetition, OwnerOnly, ParticipantNotFound, RecordNotFound,
    },
};
use crate::{
    AppState,
    auth::{LoggedIn, Organizer},
    problem::Problem,
};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .write(routes!(add_participant))
        .read(routes!(get_roster_entry))
        .write(routes!(edit_roster_entry))
}

/// Add a participant to my competition
///
/// Registers another user until the competition is over: also before registration opens and after
/// the deadline, without approval, and one who has cancelled or was rejected. The participant gets
/// a free seat; when none is free, the capacity grows by one with `addSeat`, and without it the
/// registration joins the waiting list. It has no answers yet: the participant and the organizer
/// can give them. The participant is notified.
#[utoipa::path(
    post, path = "/competitions/{id}/registrations", tag = "registrations",
    security(("bearer" = [])),
    params(CompetitionPath, Keyed),
    request_body = AdditionInput,
    responses(
        (status = 201, description = "Registered with a seat, or on the waiting list",
            body = NewRegistration, headers(("Location"), ("Idempotency-Replayed"))),
        AdditionRefused, AdditionForbidden, ParticipantNotFound, AlreadyAdded,
    ),
)]
async fn add_participant(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<CompetitionId>,
    OptionalKey(key): OptionalKey,
    Body(input): Body<AdditionInput>,
) -> Result<Response, Problem> {
    let decision = registration::add_participant(&state.ctx, &actor, id, input, key).await?;
    Ok(registrations::respond(&format!("/api/competitions/{id}/registrations/"), decision))
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
