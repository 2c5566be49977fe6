//! Registrations: register, cancel, list, and the roster of a competition.

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{CompetitionId, MyRegistration, NewRegistration, PageQuery, RosterEntry, RosterQuery};
use service::{Decision, registration};
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::{Id, NoBody, OptionalKey, QueryString},
    paging, replay,
    responses::{
        AlreadyRegistered, Busy, CancellationRefused, CompetitionNotFound, CompetitionOver,
        InvalidParameter, KeyReused, NotRegistered, NotYourCompetition, ParticipantOnly,
        RegistrationRefused, Unauthorized,
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
        .read(routes!(get_roster))
        .read(routes!(get_roster_csv))
}

/// Register for a competition
///
/// The seat is reserved from the response on; the confirmation follows by mail. Send the same
/// `Idempotency-Key` with every retry, so that no retry registers twice. The body is ignored, but
/// must be valid if it is JSON.
#[utoipa::path(
    post, path = "/competitions/{id}/register", tag = "registrations", security(("bearer" = [])),
    params(
        ("id" = CompetitionId, Path),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 255 visible ASCII characters"),
    ),
    responses(
        (status = 201, description = "Registered; the seat is reserved",
            body = NewRegistration, headers(
            ("Idempotency-Replayed" = String,
                description = "`true` for a stored response to a retry"),
        )),
        RegistrationRefused, Unauthorized, ParticipantOnly, CompetitionNotFound, AlreadyRegistered,
        KeyReused, Busy,
    ),
)]
async fn register(
    State(state): State<AppState>,
    Participant(actor): Participant,
    Id(id): Id<CompetitionId>,
    OptionalKey(key): OptionalKey,
    NoBody: NoBody,
) -> Result<Response, Problem> {
    let decision = registration::register(&state.ctx, &actor, id, key).await?;
    Ok(respond(decision))
}

fn respond(decision: Decision<NewRegistration>) -> Response {
    let response = match decision.outcome {
        Ok(registration) => (StatusCode::CREATED, Json(registration)).into_response(),
        Err(refusal) => Problem::from(refusal).into_response(),
    };
    replay::mark(response, decision.replayed)
}

/// Cancel my registration
///
/// The seat becomes free at once. Repeating the call has the same response and changes nothing.
/// Once the competition is over (it has started, or had no start date for 90 days after its
/// deadline) registrations cannot be cancelled.
#[utoipa::path(
    delete, path = "/competitions/{id}/register", tag = "registrations", security(("bearer" = [])),
    params(
        ("id" = CompetitionId, Path),
        ("Idempotency-Key" = Option<String>, Header,
            description = "1 to 255 visible ASCII characters"),
    ),
    responses(
        (status = 204, description = "Not registered any more", headers(
            ("Idempotency-Replayed" = String,
                description = "`true` for a stored response to a retry"),
        )),
        CancellationRefused, Unauthorized, ParticipantOnly, NotRegistered, CompetitionOver,
        KeyReused, Busy,
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
#[utoipa::path(
    get, path = "/competitions/registrations/my", tag = "registrations", security(("bearer" = [])),
    params(
        ("page" = Option<u64>, Query, description = "Counted from 1"),
        ("limit" = Option<u64>, Query, description = "Items on a page, at most 100 (the default)"),
    ),
    responses(
        (status = 200, description = "One page, newest first", body = [MyRegistration], headers(
            ("X-Total-Count" = u64, description = "The number of items on all pages"),
            ("Link" = String, description = "The pages first, prev, next and last (RFC 8288)"),
        )),
        InvalidParameter, Unauthorized, ParticipantOnly,
    ),
)]
async fn list_my_registrations(
    State(state): State<AppState>,
    Participant(actor): Participant,
    uri: OriginalUri,
    QueryString(query): QueryString<PageQuery>,
) -> Result<Response, Problem> {
    let page = registration::mine(&state.ctx, &actor, query.check()?).await?;
    Ok(paging::respond(&uri, &page))
}

/// List the participants of my competition
#[utoipa::path(
    get, path = "/competitions/{id}/registrations", tag = "registrations",
    security(("bearer" = [])),
    params(
        ("id" = CompetitionId, Path),
        ("status" = Option<String>, Query,
            description = "`PENDING`, `CONFIRMED`, `CANCELLED` or `FAILED`"),
        ("search" = Option<String>, Query, description = "Words of the name or email, in any case"),
        ("sort" = Option<String>, Query,
            description = "`registered` (the default), `name` or `status`; a `-` before it \
                reverses"),
        ("page" = Option<u64>, Query, description = "Counted from 1"),
        ("limit" = Option<u64>, Query, description = "Items on a page, at most 100 (the default)"),
    ),
    responses(
        (status = 200, description = "One page", body = [RosterEntry], headers(
            ("X-Total-Count" = u64, description = "The number of items on all pages"),
            ("Link" = String, description = "The pages first, prev, next and last (RFC 8288)"),
        )),
        InvalidParameter, Unauthorized, NotYourCompetition, CompetitionNotFound,
    ),
)]
async fn get_roster(
    State(state): State<AppState>,
    LoggedIn(actor): LoggedIn,
    uri: OriginalUri,
    Id(id): Id<CompetitionId>,
    QueryString(query): QueryString<RosterQuery>,
) -> Result<Response, Problem> {
    let page = registration::roster(&state.ctx, &actor, id, &query.check()?).await?;
    Ok(paging::respond(&uri, &page))
}

/// Download the participants of my competition
///
/// All matching participants as CSV with a byte order mark. A cell that a spreadsheet would
/// evaluate as a formula begins with an apostrophe.
#[utoipa::path(
    get, path = "/competitions/{id}/registrations.csv", tag = "registrations",
    security(("bearer" = [])),
    params(
        ("id" = CompetitionId, Path),
        ("status" = Option<String>, Query,
            description = "`PENDING`, `CONFIRMED`, `CANCELLED` or `FAILED`"),
        ("search" = Option<String>, Query, description = "Words of the name or email, in any case"),
        ("sort" = Option<String>, Query,
            description = "`registered` (the default), `name` or `status`; a `-` before it \
                reverses"),
    ),
    responses(
        (status = 200, description = "Name, email, status, time and id of each registration",
            body = String, content_type = "text/csv", headers(
            ("Content-Disposition" = String, description = "A name for the file"),
        )),
        InvalidParameter, Unauthorized, NotYourCompetition, CompetitionNotFound,
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
