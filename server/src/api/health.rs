//! Health reports, for load balancers and people.

use std::{collections::BTreeMap, sync::Arc};

use axum::{Json, Router, extract::State, http::StatusCode, routing};
use domain::Timestamp;
use serde::Serialize;
use service::{
    Context,
    health::{self, Check},
};
use tokio_util::sync::CancellationToken;
use utoipa::ToSchema;
use utoipa_axum::routes;

use super::ApiRouter;
use crate::AppState;

/// The report inside the API.
pub(super) fn router() -> ApiRouter {
    ApiRouter::new().read(routes!(get_health))
}

/// The probes outside the API: of the port of the site, and of the port of metrics.
pub(crate) fn probes<S>(ctx: Context, draining: CancellationToken) -> Router<S>
where
    S: Clone + Send + Sync + 'static,
{
    let probe = Probe(Arc::new(Probed { ctx, draining, migrations: migration::names() }));
    Router::new()
        .route("/health", routing::get(probe_health))
        .route("/health/live", routing::get(live))
        .route("/health/ready", routing::get(ready))
        .with_state(probe)
}

/// The process that is probed.
#[derive(Clone)]
struct Probe(Arc<Probed>);

struct Probed {
    ctx: Context,
    draining: CancellationToken,
    /// The names of the migrations that this program knows.
    migrations: Vec<String>,
}

/// The body of `/health/ready`.
#[derive(Serialize)]
struct Ready {
    status: Status,
    /// The checks that have failed.
    failed: Vec<&'static str>,
    checks: BTreeMap<&'static str, CheckStatus>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum CheckStatus {
    Ok,
    Down,
    /// Not checked, because the database is down.
    Unknown,
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
    Json(health_of(&state.ctx).await)
}

async fn probe_health(State(Probe(probed)): State<Probe>) -> Json<Health> {
    Json(health_of(&probed.ctx).await)
}

async fn health_of(ctx: &Context) -> Health {
    // `health::database` logs failures.
    let database = if health::database(ctx).await.is_ok() { Status::Ok } else { Status::Down };
    let redis = match ctx.redis() {
        None => None,
        Some(redis) => Some(if redis.answers().await { Status::Ok } else { Status::Down }),
    };
    Health {
        status: database,
        timestamp: ctx.now(),
        service: "mini-compete-api",
        checks: Checks { database, redis },
    }
}

/// Liveness: the process runs, and a restart would not help.
async fn live() -> StatusCode {
    StatusCode::OK
}

/// Readiness: the process does not drain, and has what requests need. The body names the checks
/// that have failed, also those that do not count.
async fn ready(State(Probe(probed)): State<Probe>) -> (StatusCode, Json<Ready>) {
    if probed.draining.is_cancelled() {
        return report(false, [("draining", Check::Failed)]);
    }
    let readiness = health::readiness(&probed.ctx, &probed.migrations).await;
    let checks = [
        ("admission", readiness.admission),
        ("database", readiness.database),
        ("draining", Check::Passed),
        ("migrations", readiness.migrations),
        ("queue", readiness.queue),
    ];
    let redis = readiness.redis.map(|check| ("redis", check));
    report(readiness.is_ready(), checks.into_iter().chain(redis))
}

fn report(
    is_ready: bool,
    checks: impl IntoIterator<Item = (&'static str, Check)>,
) -> (StatusCode, Json<Ready>) {
    let checks: BTreeMap<_, _> = checks.into_iter().collect();
    let failed = checks.iter().filter(|(_, check)| **check == Check::Failed);
    let ready = Ready {
        status: if is_ready { Status::Ok } else { Status::Down },
        failed: failed.map(|(name, _)| *name).collect(),
        checks: checks.iter().map(|(name, check)| (*name, (*check).into())).collect(),
    };
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(ready))
}

impl From<Check> for CheckStatus {
    fn from(check: Check) -> Self {
        match check {
            Check::Passed => Self::Ok,
            Check::Failed => Self::Down,
            Check::Unknown => Self::Unknown,
        }
    }
}
