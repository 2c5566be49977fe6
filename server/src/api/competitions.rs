//! `/api/competitions`: competitions, and their organizer's operations.

use axum::{
    Json,
    extract::{OriginalUri, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use domain::{
    CompetitionDetail, CompetitionId, CompetitionInput, CompetitionPatch, CompetitionQuery,
    CompetitionWithCount, CompetitionWithOrganizer, CompetitionWithSections, PageQuery,
};
use service::{
    Decision,
    competitions::{self, Created},
};
use utoipa_axum::routes;

use super::{
    ApiRouter,
    cursor::CursorList,
    etag::{self, IfNoneMatch, OptionalIfMatch},
    extract::{Body, Id, NoBody, OptionalKey, QueryString},
    location, paging,
    parameters::{CompetitionFilters, CompetitionPath, Conditional, Keyed, Parts, Revalidating},
    replay,
    responses::{
        CompetitionNotFound, CompetitionOver, EditConflict, InvalidField, InvalidHeader,
        InvalidParameter, OrganizerOnly, OwnerOnly, VersionMismatch,
    },
};
use crate::{
    AppState,
    auth::{CurrentActor, Organizer},
    problem::Problem,
};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .read(routes!(list_competitions))
        .write(routes!(create_competition))
        .read(routes!(list_my_competitions))
        .read(routes!(get_competition))
        .write(routes!(edit_competition, cancel_competition))
        .write(routes!(duplicate_competition))
}

/// List competitions
///
/// Public competitions that are not cancelled; those that are open for registration or open later,
/// unless another `status` is asked for. The filters narrow the list together. Past ones are
/// counted up to 1001, and found by words for a year. Items have no sections (`rules`, `prizes`,
/// `schedule`) and no `questions`.
#[utoipa::path(
    get, path = "/competitions", tag = "competitions",
    params(CompetitionFilters, Parts, Revalidating),
    responses(
        (status = 200, description = "One page, or the part at the cursor",
            body = [CompetitionDetail], headers(("X-Total-Count"), ("Link"))),
        InvalidParameter,
    ),
)]
async fn list_competitions(
    State(state): State<AppState>,
    uri: OriginalUri,
    list: CursorList,
    condition: IfNoneMatch,
    QueryString(query): QueryString<CompetitionQuery>,
) -> Result<Response, Problem> {
    let filter = query.check()?;
    let cursor = list.requested(state.tokens.cursors(), None)?;
    let address = uri.to_string();
    let cache = state.response_cache.clone();
    let render = move || {
        let (state, uri, list) = (state.clone(), uri.clone(), list.clone());
        let (filter, cursor) = (filter.clone(), cursor.clone());
        async move {
            let Some(cursor) = cursor else {
                return Ok(paging::respond(&uri, &competitions::list(&state.ctx, &filter).await?));
            };
            let slice = competitions::list_after(&state.ctx, &filter, &cursor).await?;
            Ok(list.respond(state.tokens.cursors(), None, &slice))
        }
    };
    Ok(condition.answer(cache.get_or_render(address, None, render).await?))
}

/// Get a competition
///
/// With its organizer, its sections, its questions and the number of registrations, also after its
/// deadline or cancellation. A draft is found by its organizer only.
#[utoipa::path(
    get, path = "/competitions/{id}", tag = "competitions",
    params(CompetitionPath, Revalidating),
    responses(
        (status = 200, description = "The competition", body = CompetitionWithSections),
        CompetitionNotFound,
    ),
)]
async fn get_competition(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    Id(id): Id<CompetitionId>,
    condition: IfNoneMatch,
) -> Result<Response, Problem> {
    let ctx = state.ctx.clone();
    let render = move || {
        let ctx = ctx.clone();
        async move { Ok(show(competitions::get(&ctx, id).await?)) }
    };
    // Shared by all: what a visitor sees.
    let shared = state.response_cache.get_or_render(id.to_string(), Some(id), render).await?;
    let is_found = shared.status() != StatusCode::NOT_FOUND;
    let sees_more = if is_found {
        competitions::sees_addresses(&state.ctx, &actor)
    } else {
        // It may be a draft of the actor's.
        actor.try_user().is_some()
    };
    if !sees_more {
        return Ok(condition.answer(shared));
    }
    let detail = competitions::get_visible_to(&state.ctx, &actor, id).await?;
    Ok(condition.answer(etag::unshared(show(detail))))
}

fn show(detail: CompetitionDetail) -> Response {
    let shown = CompetitionWithSections::from(detail);
    let response = Json(&shown).into_response();
    etag::tag(response, &shown.detail.competition, &shown.detail.organizer)
}

/// List the competitions that I organize
///
/// All of them, also drafts and those that are over or cancelled.
#[utoipa::path(
    get, path = "/competitions/my-competitions", tag = "competitions", security(("bearer" = [])),
    params(Parts),
    responses(
        (status = 200, description = "One page, or the part at the cursor; newest first",
            body = [CompetitionWithCount], headers(("X-Total-Count"), ("Link"))),
        InvalidParameter, OrganizerOnly,
    ),
)]
async fn list_my_competitions(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    uri: OriginalUri,
    list: CursorList,
    QueryString(query): QueryString<PageQuery>,
) -> Result<Response, Problem> {
    let (key, owner) = (state.tokens.cursors(), actor.try_user().map(|user| user.id));
    if let Some(cursor) = list.requested(key, owner)? {
        let slice = competitions::mine_after(&state.ctx, &actor, &cursor).await?;
        return Ok(list.respond(key, owner, &slice));
    }
    let page = competitions::mine(&state.ctx, &actor, query.check()?).await?;
    Ok(paging::respond(&uri, &page))
}

/// Create a competition
///
/// It is published at once, unless its `visibility` is `DRAFT`. Send an `Idempotency-Key`, so that
/// a retry creates no second one.
#[utoipa::path(
    post, path = "/competitions", tag = "competitions", security(("bearer" = [])),
    params(Keyed),
    request_body = CompetitionInput,
    responses(
        (status = 201, description = "The competition was created",
            body = CompetitionWithOrganizer,
            headers(("ETag"), ("Location"), ("Idempotency-Replayed"))),
        InvalidField, OrganizerOnly,
    ),
)]
async fn create_competition(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    OptionalKey(key): OptionalKey,
    Body(input): Body<CompetitionInput>,
) -> Result<Response, Problem> {
    Ok(created(&competitions::create(&state.ctx, &actor, input, key).await?))
}

fn created(created: &Created) -> Response {
    let view = &created.view;
    let response = location::created("/api/competitions/", view.competition.id, Json(view));
    let response = etag::tag(response, &view.competition, &view.organizer);
    replay::mark(response, created.replayed)
}

/// Duplicate my competition
///
/// Creates a draft with everything that an edit can change, questions, access codes and the cover
/// included. All its times are moved by the same number of whole weeks: the least that lets
/// registration close in the future, and at least one. Send an `Idempotency-Key`, so that a retry
/// creates no second one.
#[utoipa::path(
    post, path = "/competitions/{id}/duplicate", tag = "competitions",
    security(("bearer" = [])),
    params(CompetitionPath, Keyed),
    responses(
        (status = 201, description = "The draft was created",
            body = CompetitionWithOrganizer,
            headers(("ETag"), ("Location"), ("Idempotency-Replayed"))),
        InvalidField, OwnerOnly, CompetitionNotFound,
    ),
)]
async fn duplicate_competition(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<CompetitionId>,
    OptionalKey(key): OptionalKey,
    NoBody: NoBody,
) -> Result<Response, Problem> {
    Ok(created(&competitions::duplicate_as_draft(&state.ctx, &actor, id, key).await?))
}

/// Edit my competition
///
/// Absent fields stay unchanged. Send the `version` that the edit is based on, or the `ETag` as
/// `If-Match`, so that no other edit is overwritten. A registration does not count as an edit. An
/// edit without changes raises no version.
#[utoipa::path(
    patch, path = "/competitions/{id}", tag = "competitions", security(("bearer" = [])),
    params(CompetitionPath, Keyed, Conditional),
    request_body = CompetitionPatch,
    responses(
        (status = 200, description = "The edited competition",
            body = CompetitionWithOrganizer, headers(("ETag"), ("Idempotency-Replayed"))),
        InvalidField, OwnerOnly, CompetitionNotFound, EditConflict, VersionMismatch,
    ),
)]
async fn edit_competition(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<CompetitionId>,
    OptionalKey(key): OptionalKey,
    OptionalIfMatch(if_match): OptionalIfMatch,
    Body(patch): Body<CompetitionPatch>,
) -> Result<Response, Problem> {
    Ok(respond(competitions::edit_if_match(&state.ctx, &actor, id, patch, key, if_match).await?))
}

/// Cancel my competition
///
/// Everyone with a seat is notified by mail. Afterwards the competition cannot be edited, nor can
/// registrations be made or cancelled; existing ones stay on record. Repeating the call has the
/// same response and notifies no one again. A competition that is over cannot be cancelled. A draft
/// is deleted: it leaves every list, and is not found from a week later, unless it was ever
/// registered for.
#[utoipa::path(
    delete, path = "/competitions/{id}", tag = "competitions", security(("bearer" = [])),
    params(CompetitionPath, Keyed, Conditional),
    responses(
        (status = 200, description = "The competition, with `cancelledAt`",
            body = CompetitionWithOrganizer, headers(("ETag"), ("Idempotency-Replayed"))),
        InvalidHeader, OwnerOnly, CompetitionNotFound, CompetitionOver,
        VersionMismatch,
    ),
)]
async fn cancel_competition(
    State(state): State<AppState>,
    Organizer(actor): Organizer,
    Id(id): Id<CompetitionId>,
    OptionalKey(key): OptionalKey,
    OptionalIfMatch(if_match): OptionalIfMatch,
    NoBody: NoBody,
) -> Result<Response, Problem> {
    Ok(respond(
        competitions::cancel_competition_if_match(&state.ctx, &actor, id, key, if_match).await?,
    ))
}

fn respond(decision: Decision<CompetitionWithOrganizer>) -> Response {
    let response = match decision.outcome {
        Ok(changed) => {
            let response = Json(&changed).into_response();
            etag::tag(response, &changed.competition, &changed.organizer)
        }
        Err(refusal) => Problem::from(refusal).into_response(),
    };
    replay::mark(response, decision.replayed)
}
