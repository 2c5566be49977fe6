//! `/api/admin`: looking after the installation.

use axum::{Json, extract::State, http::StatusCode};
use domain::{DeadLetter, JobId, QueueStats};
use serde::Serialize;
use service::jobs::{self, Operator};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    extract::{Id, NoBody},
    responses::{AdminOnly, Busy, JobNotFound, Unauthorized},
};
use crate::{
    AppState,
    auth::{Admin, CurrentActor},
    problem::Problem,
};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .read(routes!(queues))
        .read(routes!(failed_jobs))
        .write(routes!(retry_all))
        .write(routes!(retry))
        .write(routes!(discard))
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
        Unauthorized, AdminOnly,
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
        Unauthorized, AdminOnly,
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
        Unauthorized, AdminOnly, JobNotFound, Busy,
    ),
)]
async fn retry(
    State(state): State<AppState>,
    Admin(actor): Admin,
    Id(id): Id<JobId>,
    NoBody: NoBody,
) -> Result<StatusCode, Problem> {
    jobs::retry(&state.ctx, Operator::Admin(&actor), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Try every job again that was given up
///
/// Each has all its attempts before it again; who put them back is noted.
#[utoipa::path(
    post, path = "/admin/failed-jobs/retry", tag = "admin", security(("bearer" = [])),
    responses(
        (status = 200, description = "They are back in their queues", body = Retried),
        Unauthorized, AdminOnly, Busy,
    ),
)]
async fn retry_all(
    State(state): State<AppState>,
    Admin(actor): Admin,
    NoBody: NoBody,
) -> Result<Json<Retried>, Problem> {
    let count = jobs::retry_all(&state.ctx, Operator::Admin(&actor)).await?;
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
        Unauthorized, AdminOnly, JobNotFound, Busy,
    ),
)]
async fn discard(
    State(state): State<AppState>,
    Admin(actor): Admin,
    Id(id): Id<JobId>,
    NoBody: NoBody,
) -> Result<StatusCode, Problem> {
    // A program says by the id which one it means; it is people who are asked for the name.
    jobs::discard(&state.ctx, Operator::Admin(&actor), id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
