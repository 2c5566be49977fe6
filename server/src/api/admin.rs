//! `/api/admin`: looking after the installation.

use axum::{Json, extract::State, http::StatusCode};
use domain::{DeadLetter, JobId, QueueStats, Role};
use serde::Serialize;
use service::jobs::{self, Operator};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::extract::{Id, NoBody};
use crate::{
    AppState,
    auth::CurrentActor,
    problem::{Problem, ProblemDetails},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(queues))
        .routes(routes!(failed_jobs))
        .routes(routes!(retry_all))
        .routes(routes!(retry))
        .routes(routes!(discard))
}

/// A number of jobs.
#[derive(Serialize, ToSchema)]
struct Retried {
    /// How many are back in their queues.
    count: usize,
}

/// Count the background jobs
#[utoipa::path(
    get, path = "/admin/queues", tag = "admin", security(("bearer" = [])),
    responses(
        (status = 200, description = "Every kind of job in numbers", body = [QueueStats]),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Required role: ADMIN", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn queues(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
) -> Result<Json<Vec<QueueStats>>, Problem> {
    Ok(Json(jobs::stats(&state.ctx, Operator::Admin(&actor)).await?))
}

/// List the jobs that were given up
#[utoipa::path(
    get, path = "/admin/failed-jobs", tag = "admin", security(("bearer" = [])),
    responses(
        (status = 200, description = "The 500 latest, latest first", body = [DeadLetter]),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Required role: ADMIN", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn failed_jobs(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
) -> Result<Json<Vec<DeadLetter>>, Problem> {
    Ok(Json(jobs::dead_letters(&state.ctx, Operator::Admin(&actor)).await?))
}

/// Try a job again that was given up
///
/// It has all its attempts before it again; who put it back is noted.
#[utoipa::path(
    post, path = "/admin/failed-jobs/{id}/retry", tag = "admin", security(("bearer" = [])),
    params(("id" = JobId, Path)),
    responses(
        (status = 204, description = "It is back in its queue"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Required role: ADMIN", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Job not found", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn retry(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    id: Result<Id<JobId>, Problem>,
    body: Result<NoBody, Problem>,
) -> Result<StatusCode, Problem> {
    // Check the role before parsing input, so that 403 wins over 400.
    actor.require(Role::Admin)?;
    let (Id(id), NoBody) = (id?, body?);
    jobs::revive(&state.ctx, Operator::Admin(&actor), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try every job again that was given up
///
/// Each has all its attempts before it again; who put them back is noted.
#[utoipa::path(
    post, path = "/admin/failed-jobs/retry", tag = "admin", security(("bearer" = [])),
    responses(
        (status = 200, description = "They are back in their queues", body = Retried),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Required role: ADMIN", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn retry_all(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    body: Result<NoBody, Problem>,
) -> Result<Json<Retried>, Problem> {
    actor.require(Role::Admin)?;
    body?;
    let count = jobs::revive_all(&state.ctx, Operator::Admin(&actor)).await?;
    Ok(Json(Retried { count }))
}

/// Discard a job that was given up
///
/// It will never be done. Who discarded it is noted.
#[utoipa::path(
    delete, path = "/admin/failed-jobs/{id}", tag = "admin", security(("bearer" = [])),
    params(("id" = JobId, Path)),
    responses(
        (status = 204, description = "It is gone"),
        (status = 401, description = "Unauthorized", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 403, description = "Required role: ADMIN", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 404, description = "Job not found", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "Too busy, and nothing was changed; or, with the code `outcome_unknown`, it is not known", body = ProblemDetails, content_type = "application/problem+json"),
    ),
)]
async fn discard(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    id: Result<Id<JobId>, Problem>,
    body: Result<NoBody, Problem>,
) -> Result<StatusCode, Problem> {
    actor.require(Role::Admin)?;
    let (Id(id), NoBody) = (id?, body?);
    // A program says by the id which one it means; it is people who are asked for the name.
    jobs::discard(&state.ctx, Operator::Admin(&actor), id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
