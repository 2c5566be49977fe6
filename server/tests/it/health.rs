//! Probes.

use axum::http::StatusCode;
use serde_json::json;

use crate::support::{App, snapshot};

#[tokio::test]
async fn a_healthy_service_reports_ok_inside_and_outside_the_api() {
    let app = App::new().await;
    let report = app.get("/health").send().await;
    snapshot("health", &report);
    assert_eq!(app.get("/api/health").send().await.text, report.text);
    assert_eq!(app.get("/health/live").send().await.status, StatusCode::OK);
    let ready = app.get("/health/ready").send().await;
    assert_eq!(ready.status, StatusCode::OK);
    assert_eq!((&ready.json()["status"], &ready.json()["failed"]), (&"ok".into(), &json!([])));
    for check in ["admission", "database", "draining", "migrations", "queue"] {
        assert_eq!(ready.json()["checks"][check], "ok", "{check}");
    }
}

#[tokio::test]
async fn without_its_database_the_service_is_live_but_not_ready() {
    let app = App::new().await;
    app.world.ctx.db().close().await.unwrap();
    assert_eq!(app.get("/health/live").send().await.status, StatusCode::OK);
    let ready = app.get("/health/ready").send().await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        (&ready.json()["status"], &ready.json()["failed"]),
        (&"down".into(), &json!(["database"]))
    );
    assert_eq!(ready.json()["checks"]["migrations"], "unknown");
    snapshot("health_down", &app.get("/health").send().await);
    // The error reveals no internals.
    snapshot("overloaded", &app.get("/api/competitions").send().await);
}

#[tokio::test]
async fn a_server_that_drains_is_live_but_not_ready() {
    let app = App::new().await;
    app.draining.cancel();
    assert_eq!(app.get("/health/live").send().await.status, StatusCode::OK);
    let ready = app.get("/health/ready").send().await;
    assert_eq!(ready.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(ready.json()["failed"], json!(["draining"]));
}
