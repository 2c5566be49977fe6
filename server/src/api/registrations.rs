//! Registering for a competition, and who is registered.

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{CompetitionId, MyRegistration, NewRegistration, PageQuery, RosterEntry, RosterQuery};
use service::registration::{self, Answer};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    extract::{Id, NoBody, OptionalKey, QueryString},
    paging, replay, roster_csv,
};
use crate::{
    AppState,
    auth::CurrentActor,
    problem::{Problem, ProblemDetails},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(register, cancel))
        .routes(routes!(mine))
        .routes(routes!(roster))
        .routes(routes!(roster_file))
}

/// Register for a competition
///
/// The seat is held from the moment of the answer; the confirmation follows by mail. Send the same
/// `Idempotency-Key` with every retry, and no retry registers twice. The body is ignored; one that
/// claims to be JSON must be.
#[utoipa::path(
    post, path = "/competitions/{id}/register", tag = "registrations", security(("bearer" = [])),
    params(
        ("id" = CompetitionId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters"),
    ),
    responses(
        (status = 201, description = "A seat is held", body = NewRegistration, headers(
            ("Idempotency-Replayed" = String, description = "`true` when this was answered before"),
        )),
        (status = 400, description = "Competition was cancelled; Registration has not opened yet; Registration deadline has passed; Competition is full; or a bad key", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Required role: PARTICIPANT", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Competition not found", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "Already registered for this competition, with `registrationId`; or the key is in flight", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "The key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn register(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    id: Result<Id<CompetitionId>, Problem>,
    key: Result<OptionalKey, Problem>,
    body: Result<NoBody, Problem>,
) -> Result<Response, Problem> {
    // Check the role before parsing input, so that 403 wins over 400.
    actor.require(domain::Role::Participant)?;
    let (Id(id), OptionalKey(key), NoBody) = (id?, key?, body?);
    let answer = registration::register(&state.ctx, &actor, id, key).await?;
    Ok(respond(answer))
}

fn respond(answer: Answer) -> Response {
    let response = match answer.outcome {
        Ok(registration) => (StatusCode::CREATED, Json(registration)).into_response(),
        Err(refusal) => Problem::from(refusal).into_response(),
    };
    replay::mark(response, answer.replayed)
}

/// Give my seat back
///
/// Somebody else can have it at once. Giving it back again is answered the same and changes
/// nothing. Once the competition is over (it has started, or was never given a start date for 90
/// days after its deadline) seats stay as they are.
#[utoipa::path(
    delete, path = "/competitions/{id}/register", tag = "registrations", security(("bearer" = [])),
    params(
        ("id" = CompetitionId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters"),
    ),
    responses(
        (status = 204, description = "No seat is held", headers(
            ("Idempotency-Replayed" = String, description = "`true` when this was answered before"),
        )),
        (status = 400, description = "Competition was cancelled; or a bad key", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Required role: PARTICIPANT", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Competition not found; or you are not registered for it", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "Competition is over; or the key is in flight", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "The key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn cancel(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    id: Result<Id<CompetitionId>, Problem>,
    key: Result<OptionalKey, Problem>,
    body: Result<NoBody, Problem>,
) -> Result<Response, Problem> {
    actor.require(domain::Role::Participant)?;
    let (Id(id), OptionalKey(key), NoBody) = (id?, key?, body?);
    let cancelled = registration::cancel(&state.ctx, &actor, id, key).await?;
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
        (status = 200, description = "One page of them, newest first", body = [MyRegistration], headers(
            ("X-Total-Count" = u64, description = "How many there are on all pages"),
            ("Link" = String, description = "The pages first, prev, next and last (RFC 8288)"),
        )),
        (status = 400, description = "A parameter is wrong", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Required role: PARTICIPANT", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn mine(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    uri: OriginalUri,
    query: Result<QueryString<PageQuery>, Problem>,
) -> Result<Response, Problem> {
    // Check the role before the parameters, so that 403 wins over 400.
    actor.require(domain::Role::Participant)?;
    let QueryString(query) = query?;
    let page = registration::mine(&state.ctx, &actor, query.check()?).await?;
    Ok(paging::respond(&uri, &page))
}

/// List who is registered for my competition
#[utoipa::path(
    get, path = "/competitions/{id}/registrations", tag = "registrations", security(("bearer" = [])),
    params(
        ("id" = CompetitionId, Path),
        ("status" = Option<String>, Query, description = "`PENDING`, `CONFIRMED`, `CANCELLED` or `FAILED`"),
        ("search" = Option<String>, Query, description = "Words of the name or address, in any case"),
        ("sort" = Option<String>, Query, description = "`registered` (the default), `name` or `status`; a `-` before it reverses"),
        ("page" = Option<u64>, Query, description = "Counted from 1"),
        ("limit" = Option<u64>, Query, description = "Items on a page, at most 100 (the default)"),
    ),
    responses(
        (status = 200, description = "One page of them", body = [RosterEntry], headers(
            ("X-Total-Count" = u64, description = "How many there are on all pages"),
            ("Link" = String, description = "The pages first, prev, next and last (RFC 8288)"),
        )),
        (status = 400, description = "A parameter is wrong", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Somebody else's competition", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Competition not found", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn roster(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    uri: OriginalUri,
    id: Result<Id<CompetitionId>, Problem>,
    query: Result<QueryString<RosterQuery>, Problem>,
) -> Result<Response, Problem> {
    // Who is not signed in is told so, whatever they sent.
    actor.user()?;
    let (Id(id), QueryString(query)) = (id?, query?);
    let page = registration::roster(&state.ctx, &actor, id, &query.check()?).await?;
    Ok(paging::respond(&uri, &page))
}

/// Download who is registered for my competition
///
/// All who match, as CSV with a byte order mark. A cell that a spreadsheet would take for a formula has an apostrophe
/// before it.
#[utoipa::path(
    get, path = "/competitions/{id}/registrations.csv", tag = "registrations", security(("bearer" = [])),
    params(
        ("id" = CompetitionId, Path),
        ("status" = Option<String>, Query, description = "`PENDING`, `CONFIRMED`, `CANCELLED` or `FAILED`"),
        ("search" = Option<String>, Query, description = "Words of the name or address, in any case"),
        ("sort" = Option<String>, Query, description = "`registered` (the default), `name` or `status`; a `-` before it reverses"),
    ),
    responses(
        (status = 200, description = "Name, address, status, time and id of each", body = String, content_type = "text/csv", headers(
            ("Content-Disposition" = String, description = "A name for the file"),
        )),
        (status = 400, description = "A parameter is wrong", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Somebody else's competition", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Competition not found", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn roster_file(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    id: Result<Id<CompetitionId>, Problem>,
    query: Result<QueryString<RosterQuery>, Problem>,
) -> Result<Response, Problem> {
    actor.user()?;
    let (Id(id), QueryString(query)) = (id?, query?);
    let export = registration::export_roster(&state.ctx, &actor, id, query.check()?).await?;
    Ok(roster_csv::respond(export))
}
