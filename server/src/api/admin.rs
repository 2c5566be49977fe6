//! `/api/admin`: looking after the installation.

use axum::{Json, extract::State, http::StatusCode, response::Response};
use domain::{DeadLetter, JobId, MailOutcomes, QueueStats};
use serde::Serialize;
use service::{
    Cursor,
    jobs::{self, Operator},
};
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::{
    ApiRouter,
    cursor::CursorList,
    extract::{Id, NoBody},
    parameters::{Cursors, JobPath},
    responses::{AdminOnly, InvalidParameter, JobNotFound},
};
use crate::{
    AppState,
    auth::{Admin, CurrentActor},
    problem::Problem,
};

pub(super) fn router() -> ApiRouter {
    ApiRouter::new()
        .read(routes!(list_queues))
        .read(routes!(get_mail_outcomes))
        .read(routes!(list_failed_jobs))
        .write(routes!(retry_all_failed_jobs))
        .write(routes!(retry_failed_job))
        .write(routes!(discard_failed_job))
}

/// A number of jobs.
#[derive(Serialize, ToSchema)]
struct Retried {
    /// The number of jobs that are back in their queues.
    #[schema(example = 2)]
    count: usize,
}

/// Get the queues in numbers
///
/// For each job type: how many jobs wait, run, were done lately and failed for good.
#[utoipa::path(
    get, path = "/admin/queues", tag = "admin", security(("bearer" = [])),
    responses(
        (status = 200, description = "The numbers of each job type", body = [QueueStats]),
        AdminOnly,
    ),
)]
async fn list_queues(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
) -> Result<Json<Vec<QueueStats>>, Problem> {
    Ok(Json(jobs::stats(&state.ctx, Operator::Admin(&actor)).await?))
}

/// Get the outcomes of mail in numbers
///
/// How many mails were done with lately, wait, were put off or given up, and how many accounts have
/// an address that takes none.
#[utoipa::path(
    get, path = "/admin/mail", tag = "admin", security(("bearer" = [])),
    responses(
        (status = 200, description = "The outcomes of mail", body = MailOutcomes),
        AdminOnly,
    ),
)]
async fn get_mail_outcomes(
    State(state): State<AppState>,
    CurrentActor(actor): CurrentActor,
) -> Result<Json<MailOutcomes>, Problem> {
    Ok(Json(service::mail::outcomes(&state.ctx, &actor).await?))
}

/// List the dead letters
///
/// Jobs that have used all their attempts or failed with a final error. They stay until they are
/// retried or discarded.
#[utoipa::path(
    get, path = "/admin/failed-jobs", tag = "admin", security(("bearer" = [])),
    params(Cursors),
    responses(
        (status = 200, description = "The part at the cursor; without a cursor the 500 latest. \
            Latest first", body = [DeadLetter], headers(("Link"))),
        InvalidParameter, AdminOnly,
    ),
)]
async fn list_failed_jobs(
    State(state): State<AppState>,
    Admin(actor): Admin,
    list: CursorList,
) -> Result<Response, Problem> {
    let key = state.tokens.cursors();
    let cursor = list.requested(key, None)?.unwrap_or(Cursor::first(jobs::MAX_LISTED));
    let slice = jobs::dead_letters_after(&state.ctx, Operator::Admin(&actor), &cursor).await?;
    Ok(list.respond(key, None, &slice))
}

/// Retry a dead letter
///
/// The job has all its attempts again. The audit log records the administrator.
#[utoipa::path(
    post, path = "/admin/failed-jobs/{id}/retry", tag = "admin", security(("bearer" = [])),
    params(JobPath),
    responses(
        (status = 204, description = "The job is back in its queue"),
        AdminOnly, JobNotFound,
    ),
)]
async fn retry_failed_job(
    State(state): State<AppState>,
    Admin(actor): Admin,
    Id(id): Id<JobId>,
    NoBody: NoBody,
) -> Result<StatusCode, Problem> {
    jobs::retry(&state.ctx, Operator::Admin(&actor), id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Retry all dead letters
///
/// Each job has all its attempts again. The audit log records the administrator. A call retries at
/// most 1,000 jobs, the oldest first: repeat it while `count` is 1000.
#[utoipa::path(
    post, path = "/admin/failed-jobs/retry", tag = "admin", security(("bearer" = [])),
    responses(
        (status = 200, description = "The jobs are back in their queues", body = Retried),
        AdminOnly,
    ),
)]
async fn retry_all_failed_jobs(
    State(state): State<AppState>,
    Admin(actor): Admin,
    NoBody: NoBody,
) -> Result<Json<Retried>, Problem> {
    let count = jobs::retry_all(&state.ctx, Operator::Admin(&actor)).await?;
    Ok(Json(Retried { count }))
}

/// Discard a dead letter
///
/// The job will not run again. The audit log records the administrator.
#[utoipa::path(
    delete, path = "/admin/failed-jobs/{id}", tag = "admin", security(("bearer" = [])),
    params(JobPath),
    responses(
        (status = 204, description = "The job is discarded"),
        AdminOnly, JobNotFound,
    ),
)]
async fn discard_failed_job(
    State(state): State<AppState>,
    Admin(actor): Admin,
    Id(id): Id<JobId>,
    NoBody: NoBody,
) -> Result<StatusCode, Problem> {
    // Only the page asks people to confirm the job type.
    jobs::discard(&state.ctx, Operator::Admin(&actor), id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
