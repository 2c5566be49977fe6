//! `/api/admin`.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use service::{Actor, cron, housekeeping::CleanUp, jobs};

use crate::support::{App, snapshot};

/// An app with an administrator and a dead letter.
async fn app_with_dead_letter() -> (App, Actor) {
    let app = App::new().await;
    let ctx = &app.world.ctx;
    cron::fire(ctx, "clean_up", ctx.now(), CleanUp {}).await.unwrap();
    for _ in 0..3 {
        let claims = jobs::claim(ctx, 1).await.unwrap();
        jobs::fail(ctx, &claims[0], "the disk is full").await.unwrap();
        app.world.clock.advance(TimeDelta::seconds(5));
    }
    let root = app.world.admin("Root").await;
    (app, root)
}

#[tokio::test]
async fn a_dead_letter_is_listed_and_retried() {
    let (app, root) = app_with_dead_letter().await;
    snapshot("queues", &app.get("/api/admin/queues").by(&root).send().await);
    let list = app.get("/api/admin/failed-jobs").by(&root).send().await;
    snapshot("failed_jobs", &list);

    let path = format!("/api/admin/failed-jobs/{}/retry", list.json()[0]["id"].as_str().unwrap());
    assert_eq!(app.post(&path).by(&root).send().await.status, StatusCode::NO_CONTENT);
    let list = app.get("/api/admin/failed-jobs").by(&root).send().await;
    assert_eq!(list.json().as_array().unwrap().len(), 0);
    assert_eq!(worker::drain(&app.world.ctx).await.unwrap(), 1);
    snapshot("job_not_found", &app.post(&path).by(&root).send().await);
}

#[tokio::test]
async fn the_queues_require_an_administrator() {
    let (app, root) = app_with_dead_letter().await;
    let ada = app.world.organizer("Ada").await;
    let calls = || {
        [
            app.get("/api/admin/queues"),
            app.get("/api/admin/mail"),
            app.get("/api/admin/failed-jobs"),
            app.post("/api/admin/failed-jobs/x/retry"),
            app.post("/api/admin/failed-jobs/retry"),
            app.call(Method::DELETE, "/api/admin/failed-jobs/x"),
        ]
    };
    for call in calls() {
        assert_eq!(call.send().await.status, StatusCode::UNAUTHORIZED);
    }
    for call in calls() {
        let refused = call.by(&ada).send().await;
        assert_eq!(refused.status, StatusCode::FORBIDDEN);
        assert_eq!(refused.message(), "Required role: ADMIN");
    }
    let no_uuid = app.post("/api/admin/failed-jobs/x/retry").by(&root).send().await;
    assert_eq!(no_uuid.status, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn all_dead_letters_are_retried_or_one_is_discarded() {
    let (app, root) = app_with_dead_letter().await;
    let all = app.post("/api/admin/failed-jobs/retry").by(&root).send().await;
    assert_eq!((all.status, all.json()), (StatusCode::OK, serde_json::json!({ "count": 1 })));
    let none = app.post("/api/admin/failed-jobs/retry").by(&root).send().await;
    assert_eq!(none.json()["count"], 0);

    let (app, root) = app_with_dead_letter().await;
    let list = app.get("/api/admin/failed-jobs").by(&root).send().await;
    let path = format!("/api/admin/failed-jobs/{}", list.json()[0]["id"].as_str().unwrap());
    let discarded = app.call(Method::DELETE, &path).by(&root).send().await;
    assert_eq!(discarded.status, StatusCode::NO_CONTENT);
    let again = app.call(Method::DELETE, &path).by(&root).send().await;
    assert_eq!(again.status, StatusCode::NOT_FOUND);
    assert_eq!(app.world.job_audits().await, [format!("discarded by {}", root.user().unwrap().id)]);
}
