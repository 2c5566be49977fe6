//! Probes.

use axum::http::StatusCode;

use crate::support::{App, snapshot};

#[tokio::test]
async fn a_working_service_says_so_inside_and_outside_the_api() {
    let app = App::new().await;
    let report = app.get("/health").send().await;
    snapshot("health", &report);
    assert_eq!(app.get("/api/health").send().await.text, report.text);
    for probe in ["/health/live", "/health/ready"] {
        assert_eq!(app.get(probe).send().await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn a_service_without_its_database_lives_but_is_not_ready() {
    let app = App::new().await;
    app.world.ctx.db().close().await.unwrap();
    assert_eq!(app.get("/health/live").send().await.status, StatusCode::OK);
    assert_eq!(app.get("/health/ready").send().await.status, StatusCode::SERVICE_UNAVAILABLE);
    snapshot("health_down", &app.get("/health").send().await);
    // What is told of it names nothing of ours.
    snapshot("overloaded", &app.get("/api/competitions").send().await);
}
