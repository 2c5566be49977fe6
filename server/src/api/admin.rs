//! `/api/admin`: looking after the installation.

use axum::{Json, extract::State, http::StatusCode};
use domain::{DeadLetter, JobId, QueueStats, Role};
use service::jobs::{self, Operator};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::extract::Id;
use crate::{
    AppState,
    auth::CurrentActor,
    problem::{Problem, ProblemDetails},
};

pub(super) fn router() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(queues)).routes(routes!(failed_jobs)).routes(routes!(retry))
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
    ),
)]
async fn retry(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
    id: Result<Id<JobId>, Problem>,
) -> Result<StatusCode, Problem> {
    // Who may not do this is told so, whatever they sent.
    actor.require(Role::Admin)?;
    let Id(id) = id?;
    jobs::revive(&state.ctx, Operator::Admin(&actor), id).await?;
    Ok(StatusCode::NO_CONTENT)
}
