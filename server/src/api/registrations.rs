//! Registrations: register, cancel, list, and the roster of a competition.

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    CompetitionId, MyRegistration, NewRegistration, PageQuery, RegistrationId, RegistrationInput,
    RegistrationPatch, RosterEntry, RosterQuery,
};
use service::{Decision, registration};
use utoipa_axum::routes;

use super::{
    ApiRouter,
    cursor::CursorList,
    extract::{Body, Id, LenientBody, NoBody, OptionalKey, QueryString},
    location, paging,
    parameters::{CompetitionPath, Keyed, Parts, RegistrationPath, RosterFilters},
    replay,
    responses::{
        AlreadyRegistered, AnswersRefused, CancellationRefused, CompetitionNotFound,
        CompetitionOver, InvalidParameter, NotAllowedToRegister, NotRegistered, NotYourCompetition,
        ParticipantOnly, RegistrationNotFound, RegistrationRefused,
    },
    roster_csv,
};
use crate::{
    AppState,
    auth::{LoggedIn, Participant},
    problem::Problem,
};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .write(routes!(register, cancel_registration))
        .read(routes!(list_my_registrations))
        .read(routes!(get_my_registration))
        .write(routes!(edit_my_registration))
        .read(routes!(get_roster))
        .read(routes!(get_roster_csv))
}

/// Register for a competition
///
/// The seat is reserved from the response on; the confirmation follows by mail. When no seat is
/// left and the competition has a waiting list, the registration joins it: its status is
/// `WAITLISTED`, and a seat that becomes free goes to the first in line. When the competition has
/// `approvalRequired`, the status is `AWAITING_APPROVAL` and no seat is taken. The `answers` to the
/// `questions` of the competition go into the body, and the `accessCode` that admits the
/// participant when its `access` is not `OPEN`; anything else in it is ignored, but it must be
/// valid if it is JSON. Wrong answers and codes leave the key unused. Send the same
/// `Idempotency-Key` with every retry, so that no retry registers twice.
#[utoipa::path(
    post, path = "/competitions/{id}/register", tag = "registrations", security(("bearer" = [])),
    params(CompetitionPath, Keyed),
    request_body = Option<RegistrationInput>,
    responses(
        (status = 201, description = "Registered with a seat, on the waiting list, or for approval",
            body = NewRegistration, headers(("Location"), ("Idempotency-Replayed"))),
        RegistrationRefused, NotAllowedToRegister, CompetitionNotFound, AlreadyRegistered,
    ),
)]
async fn register(
    State(state): State<AppState>,
    Participant(actor): Participant,
    Id(id): Id<CompetitionId>,
    OptionalKey(key): OptionalKey,
    LenientBody(input): LenientBody<RegistrationInput>,
) -> Result<Response, Problem> {
    let (ctx, actor) = (&state.ctx, &actor);
    let decision = registration::register_with(ctx, actor, id, input, key).await?;
    Ok(respond("/api/registrations/", decision))
}

/// The response to a command that makes a registration, whose path begins with `folder`.
pub(super) fn respond(folder: &str, decision: Decision<NewRegistration>) -> Response {
    let response = match decision.outcome {
        Ok(new) => location::created(folder, new.registration.id, Json(&new)),
        Err(refusal) => Problem::from(refusal).into_response(),
    };
    replay::mark(response, decision.replayed)
}

/// Cancel my registration
///
/// The seat is free at once, or goes to the first on the waiting list; a registration that waits
/// leaves the list. Repeating the call has the same response and changes nothing.
/// Once the competition has started (or, without a start date, 90 days after its deadline)
/// registrations cannot be cancelled.
#[utoipa::path(
    delete, path = "/competitions/{id}/register", tag = "registrations", security(("bearer" = [])),
    params(CompetitionPath, Keyed),
    responses(
        (status = 204, description = "Not registered any more", headers(("Idempotency-Replayed"))),
        CancellationRefused, ParticipantOnly, NotRegistered, CompetitionOver,
    ),
)]
async fn cancel_registration(
    State(state): State<AppState>,
    Participant(actor): Participant,
    Id(id): Id<CompetitionId>,
    OptionalKey(key): OptionalKey,
    NoBody: NoBody,
) -> Result<Response, Problem> {
    let cancelled = registration::cancel_registration(&state.ctx, &actor, id, key).await?;
    let response = match cancelled.outcome {
        Ok(()) => StatusCode::NO_CONTENT.into_response(),
        Err(refusal) => Problem::from(refusal).into_response(),
    };
    Ok(replay::mark(response, cancelled.replayed))
}

/// List my registrations
///
/// All of them with their competitions, also those that were cancelled.
#[utoipa::path(
    get, path = "/competitions/registrations/my", tag = "registrations", security(("bearer" = [])),
    params(Parts),
    responses(
        (status = 200, description = "One page, or the part at the cursor; newest first",
            body = [MyRegistration], headers(("X-Total-Count"), ("Link"))),
        InvalidParameter, ParticipantOnly,
    ),
)]
async fn list_my_registrations(
    State(state): State<AppState>,
    Participant(actor): Participant,
    uri: OriginalUri,
    list: CursorList,
    QueryString(query): QueryString<PageQuery>,
) -> Result<Response, Problem> {
    let (key, owner) = (state.tokens.cursors(), actor.try_user().map(|user| user.id));
    if let Some(cursor) = list.requested(key, owner)? {
        let slice = registration::mine_after(&state.ctx, &actor, &cursor).await?;
        return Ok(list.respond(key, owner, &slice));
    }
    let page = registration::mine(&state.ctx, &actor, query.check()?).await?;
    Ok(paging::respond(&uri, &page))
}

/// Get my registration
///
/// With its competition, also after it was cancelled. A registration with a seat is `PENDING` until
/// it is confirmed by mail; one on the waiting list is `WAITLISTED`, one that the organizer has to
/// approve `AWAITING_APPROVAL`, and one that was rejected or removed `REJECTED`.
#[utoipa::path(
    get, path = "/registrations/{id}", tag = "registrations", security(("bearer" = [])),
    params(RegistrationPath),
    responses(
        (status = 200, description = "The registration", body = MyRegistration),
        RegistrationNotFound,
    ),
)]
async fn get_my_registration(
    State(state): State<AppState>,
    LoggedIn(actor): LoggedIn,
    Id(id): Id<RegistrationId>,
) -> Result<Json<MyRegistration>, Problem> {
    Ok(Json(registration::get(&state.ctx, &actor, id).await?))
}

/// Edit my registration
///
/// Until the deadline, while the registration is active. `answers` has all answers to the
/// `questions` that the competition asks; a question without one is not answered any more. Answers
/// to questions that it asks no more stay.
#[utoipa::path(
    patch, path = "/registrations/{id}", tag = "registrations", security(("bearer" = [])),
    params(RegistrationPath),
    request_body = RegistrationPatch,
    responses(
        (status = 200, description = "The registration with its answers", body = MyRegistration),
        AnswersRefused, NotAllowedToRegister, RegistrationNotFound,
    ),
)]
async fn edit_my_registration(
    State(state): State<AppState>,
    Participant(actor): Participant,
    Id(id): Id<RegistrationId>,
    Body(input): Body<RegistrationPatch>,
) -> Result<Json<MyRegistration>, Problem> {
    Ok(Json(registration::edit_answers(&state.ctx, &actor, id, input).await?))
}

/// List the participants of my competition
///
/// For its organizer and for administrators.
#[utoipa::path(
    get, path = "/competitions/{id}/registrations", tag = "registrations",
    security(("bearer" = [])),
    params(CompetitionPath, RosterFilters, Parts),
    responses(
        (status = 200, description = "One page, or the part at the cursor", body = [RosterEntry],
            headers(("X-Total-Count"), ("Link"))),
        InvalidParameter, NotYourCompetition, CompetitionNotFound,
    ),
)]
async fn get_roster(
    State(state): State<AppState>,
    LoggedIn(actor): LoggedIn,
    uri: OriginalUri,
    list: CursorList,
    Id(id): Id<CompetitionId>,
    QueryString(query): QueryString<RosterQuery>,
) -> Result<Response, Problem> {
    let filter = query.check()?;
    let key = state.tokens.cursors();
    if let Some(cursor) = list.requested(key, None)? {
        let slice = registration::roster_after(&state.ctx, &actor, id, &filter, &cursor).await?;
        return Ok(list.respond(key, None, &slice));
    }
    let page = registration::roster(&state.ctx, &actor, id, &filter).await?;
    Ok(paging::respond(&uri, &page))
}

/// Download the participants of my competition
///
/// All matching participants as CSV with a byte order mark. A cell that a spreadsheet would
/// evaluate as a formula begins with an apostrophe.
#[utoipa::path(
    get, path = "/competitions/{id}/registrations.csv", tag = "registrations",
    security(("bearer" = [])),
    params(CompetitionPath, RosterFilters),
    responses(
        (status = 200, description = "Name, email, status, time, id and answers of each",
            body = String, content_type = "text/csv", headers(("Content-Disposition")),
            example = json!("Name,Email,Status,Registered at,Registration ID\r\n")),
        InvalidParameter, NotYourCompetition, CompetitionNotFound,
    ),
)]
async fn get_roster_csv(
    State(state): State<AppState>,
    LoggedIn(actor): LoggedIn,
    Id(id): Id<CompetitionId>,
    QueryString(query): QueryString<RosterQuery>,
) -> Result<Response, Problem> {
    let export = registration::export_roster(&state.ctx, &actor, id, query.check()?).await?;
    Ok(roster_csv::respond(export))
}
