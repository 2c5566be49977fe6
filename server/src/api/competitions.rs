//! `/api/competitions`: creating and finding competitions.

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    CompetitionDetail, CompetitionId, CompetitionInput, CompetitionPatch, CompetitionQuery,
    CompetitionWithCount, CompetitionWithOrganizer, PageQuery,
};
use service::competitions::{self, Edited};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    etag::{self, OptionalIfMatch},
    extract::{Body, Id, NoBody, OptionalKey, QueryString},
    paging, replay,
};
use crate::{
    AppState,
    auth::CurrentActor,
    problem::{Problem, ProblemDetails},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(mine))
        .routes(routes!(get, edit, cancel))
}

/// List the competitions that are open
#[utoipa::path(
    get, path = "/competitions", tag = "competitions",
    params(
        ("search" = Option<String>, Query, description = "Words of the title or description, in any case"),
        ("tags" = Option<String>, Query, description = "`a,b`: with any of these tags", example = "coding,ai"),
        ("organizerId" = Option<String>, Query, description = "Of this organizer"),
        ("sort" = Option<String>, Query, description = "`newest` (the default), `deadline`, `start` or `title`"),
        ("page" = Option<u64>, Query, description = "Counted from 1"),
        ("limit" = Option<u64>, Query, description = "Items on a page, at most 100 (the default)"),
    ),
    responses(
        (status = 200, description = "One page of them", body = [CompetitionDetail], headers(
            ("X-Total-Count" = u64, description = "How many there are on all pages"),
            ("Link" = String, description = "The pages first, prev, next and last (RFC 8288)"),
        )),
        (status = 400, description = "A parameter is wrong", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn list(
    State(state): State<AppState>,
    uri: OriginalUri,
    QueryString(query): QueryString<CompetitionQuery>,
) -> Result<Response, Problem> {
    let filter = query.check()?;
    let address = uri.to_string();
    let reads = state.reads.clone();
    let make = move || {
        let (ctx, uri, filter) = (state.ctx.clone(), uri.clone(), filter.clone());
        async move { Ok(paging::respond(&uri, &competitions::list(&ctx, &filter).await?)) }
    };
    reads.answer(address, make).await
}

/// Look at one competition
#[utoipa::path(
    get, path = "/competitions/{id}", tag = "competitions",
    params(("id" = CompetitionId, Path)),
    responses(
        (status = 200, description = "The competition", body = CompetitionDetail, headers(
            ("ETag" = String, description = "For `If-Match`; begins with the version"),
        )),
        (status = 404, description = "Competition not found", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn get(
    State(state): State<AppState>,
    Id(id): Id<CompetitionId>,
) -> Result<Response, Problem> {
    let reads = state.reads.clone();
    let make = move || {
        let ctx = state.ctx.clone();
        async move {
            let detail = competitions::get(&ctx, id).await?;
            let response = Json(&detail).into_response();
            Ok(etag::tag(response, &detail.competition, &detail.organizer))
        }
    };
    reads.answer(id.to_string(), make).await
}

/// List my competitions, as their organizer
#[utoipa::path(
    get, path = "/competitions/my-competitions", tag = "competitions", security(("bearer" = [])),
    params(
        ("page" = Option<u64>, Query, description = "Counted from 1"),
        ("limit" = Option<u64>, Query, description = "Items on a page, at most 100 (the default)"),
    ),
    responses(
        (status = 200, description = "One page of them, newest first", body = [CompetitionWithCount], headers(
            ("X-Total-Count" = u64, description = "How many there are on all pages"),
            ("Link" = String, description = "The pages first, prev, next and last (RFC 8288)"),
        )),
        (status = 400, description = "A parameter is wrong", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Required role: ORGANIZER", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn mine(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    uri: OriginalUri,
    query: Result<QueryString<PageQuery>, Problem>,
) -> Result<Response, Problem> {
    // Check the role before the parameters, so that 403 wins over 400.
    actor.require(domain::Role::Organizer)?;
    let QueryString(query) = query?;
    let page = competitions::mine(&state.ctx, &actor, query.check()?).await?;
    Ok(paging::respond(&uri, &page))
}

/// Create a competition
#[utoipa::path(
    post, path = "/competitions", tag = "competitions", security(("bearer" = [])),
    params(("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters")),
    request_body = CompetitionInput,
    responses(
        (status = 201, description = "The competition was created", body = CompetitionWithOrganizer, headers(
            ("ETag" = String, description = "For `If-Match`; begins with the version"),
            ("Idempotency-Replayed" = String, description = "`true` when this was answered before"),
        )),
        (status = 400, description = "A field is wrong", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Required role: ORGANIZER", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "The key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn create(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    key: Result<OptionalKey, Problem>,
    body: Result<Body<CompetitionInput>, Problem>,
) -> Result<Response, Problem> {
    // Who may not create is told so, whatever they sent.
    actor.require(domain::Role::Organizer)?;
    let (OptionalKey(key), Body(input)) = (key?, body?);
    let created = competitions::create(&state.ctx, &actor, input, key).await?;
    let view = created.view;
    let response = (StatusCode::CREATED, Json(&view)).into_response();
    let response = etag::tag(response, &view.competition, &view.organizer);
    Ok(replay::mark(response, created.replayed))
}

/// Edit my competition
///
/// What is absent stays as it is. Send the `version` it was shown with, or its `ETag` as
/// `If-Match`, and nobody's edit is overwritten unseen. Seats that are taken meanwhile do not count
/// as an edit. An edit that changes nothing raises no version.
#[utoipa::path(
    patch, path = "/competitions/{id}", tag = "competitions", security(("bearer" = [])),
    params(
        ("id" = CompetitionId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters"),
        ("If-Match" = Option<String>, Header, description = "`*`, or entity tags: only if the competition still has one of these versions"),
    ),
    request_body = CompetitionPatch,
    responses(
        (status = 200, description = "The competition as it is now", body = CompetitionWithOrganizer, headers(
            ("ETag" = String, description = "For `If-Match`; begins with the version"),
            ("Idempotency-Replayed" = String, description = "`true` when this was answered before"),
        )),
        (status = 400, description = "A field is wrong", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Required role: ORGANIZER; or it is somebody else's", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Competition not found", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "It was edited since; it was cancelled; more seats are taken than the new capacity has; or the key is in flight", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 412, description = "The competition has another version than `If-Match` asks for", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "The key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn edit(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    id: Result<Id<CompetitionId>, Problem>,
    key: Result<OptionalKey, Problem>,
    if_match: Result<OptionalIfMatch, Problem>,
    body: Result<Body<CompetitionPatch>, Problem>,
) -> Result<Response, Problem> {
    actor.require(domain::Role::Organizer)?;
    let (Id(id), OptionalKey(key)) = (id?, key?);
    let (OptionalIfMatch(if_match), Body(patch)) = (if_match?, body?);
    Ok(respond(competitions::edit_if(&state.ctx, &actor, id, patch, key, if_match).await?))
}

/// Cancel my competition
///
/// Everyone who holds a seat is told by mail. From then on nobody registers, gives a seat back or
/// edits it; seats stay on record. Cancelling it again is answered the same and tells nobody again.
/// A competition that is over cannot be cancelled.
#[utoipa::path(
    delete, path = "/competitions/{id}", tag = "competitions", security(("bearer" = [])),
    params(
        ("id" = CompetitionId, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "1 to 255 visible ASCII characters"),
        ("If-Match" = Option<String>, Header, description = "`*`, or entity tags: only if the competition still has one of these versions"),
    ),
    responses(
        (status = 200, description = "The competition, with `cancelledAt`", body = CompetitionWithOrganizer, headers(
            ("ETag" = String, description = "For `If-Match`; begins with the version"),
            ("Idempotency-Replayed" = String, description = "`true` when this was answered before"),
        )),
        (status = 400, description = "A bad key or a bad `If-Match`", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Required role: ORGANIZER; or it is somebody else's", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Competition not found", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "Competition is over; or the key is in flight", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 412, description = "The competition has another version than `If-Match` asks for", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 422, description = "The key was used for another request", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn cancel(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    id: Result<Id<CompetitionId>, Problem>,
    key: Result<OptionalKey, Problem>,
    if_match: Result<OptionalIfMatch, Problem>,
    body: Result<NoBody, Problem>,
) -> Result<Response, Problem> {
    actor.require(domain::Role::Organizer)?;
    let (Id(id), OptionalKey(key), OptionalIfMatch(if_match)) = (id?, key?, if_match?);
    body?;
    Ok(respond(competitions::cancel_if(&state.ctx, &actor, id, key, if_match).await?))
}

fn respond(edited: Edited) -> Response {
    let response = match edited.outcome {
        Ok(changed) => {
            let response = Json(&changed).into_response();
            etag::tag(response, &changed.competition, &changed.organizer)
        }
        Err(refusal) => Problem::from(refusal).into_response(),
    };
    replay::mark(response, edited.replayed)
}
