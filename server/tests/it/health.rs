//! Probes.

use axum::http::StatusCode;

use crate::support::{App, snapshot};

#[tokio::test]
async fn a_healthy_service_reports_ok_inside_and_outside_the_api() {
    let app = App::new().await;
    let report = app.get("/health").send().await;
    snapshot("health", &report);
    assert_eq!(app.get("/api/health").send().await.text, report.text);
    for probe in ["/health/live", "/health/ready"] {
        assert_eq!(app.get(probe).send().await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn without_its_database_the_service_is_live_but_not_ready() {
    let app = App::new().await;
    app.world.ctx.db().close().await.unwrap();
    assert_eq!(app.get("/health/live").send().await.status, StatusCode::OK);
    assert_eq!(app.get("/health/ready").send().await.status, StatusCode::SERVICE_UNAVAILABLE);
    snapshot("health_down", &app.get("/health").send().await);
    // The error reveals no internals.
    snapshot("overloaded", &app.get("/api/competitions").send().await);
}
