//! Health reports, for load balancers and people.

use axum::{Json, Router, extract::State, http::StatusCode, routing};
use domain::Timestamp;
use serde::Serialize;
use service::health;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::ApiRouter;
use crate::AppState;

/// The report inside the API.
pub(super) fn router() -> ApiRouter {
    ApiRouter::new().read(routes!(get_health))
}

/// The probes outside the API.
pub(crate) fn probes() -> Router<AppState> {
    Router::new()
        .route("/health", routing::get(get_health))
        .route("/health/live", routing::get(live))
        .route("/health/ready", routing::get(ready))
}

/// The health of the service.
#[derive(Serialize, ToSchema)]
struct Health {
    /// The health of the database, without which nothing works.
    status: Status,
    /// The time of the report.
    timestamp: Timestamp,
    /// Always the same: it tells monitoring what has answered.
    #[schema(example = "mini-compete-api")]
    service: &'static str,
    checks: Checks,
}

/// The health of its dependencies.
#[derive(Serialize, ToSchema)]
struct Checks {
    /// Reachable and able to answer.
    database: Status,
    /// Absent where Redis is not used. The service works without it, more slowly.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    redis: Option<Status>,
}

/// Whether it answers.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
enum Status {
    Ok,
    Down,
}

/// Get the health of the service
///
/// For people. Load balancers use `/health/live` and `/health/ready`, outside of `/api`.
#[utoipa::path(
    get, path = "/health", tag = "health",
    responses((status = 200,
        description = "The service responds; `checks` has the health of each dependency",
        body = Health)),
)]
async fn get_health(State(state): State<AppState>) -> Json<Health> {
    let status = database(&state).await;
    Json(Health {
        status,
        timestamp: state.ctx.now(),
        service: "mini-compete-api",
        checks: Checks { database: status, redis: redis(&state).await },
    })
}

/// Liveness: the process runs, and a restart would not help.
async fn live() -> StatusCode {
    StatusCode::OK
}

/// Readiness: the database is reachable and the server is not draining.
async fn ready(State(state): State<AppState>) -> StatusCode {
    if state.draining.is_cancelled() {
        return StatusCode::SERVICE_UNAVAILABLE;
    }
    match database(&state).await {
        Status::Ok => StatusCode::OK,
        Status::Down => StatusCode::SERVICE_UNAVAILABLE,
    }
}

async fn database(state: &AppState) -> Status {
    match health::database(&state.ctx).await {
        Ok(()) => Status::Ok,
        // `health::database` has logged it.
        Err(_) => Status::Down,
    }
}

async fn redis(state: &AppState) -> Option<Status> {
    let redis = state.ctx.redis()?;
    Some(if redis.answers().await { Status::Ok } else { Status::Down })
}
