//! `/api/auth/refresh` and `/api/auth/logout`.

use axum::http::StatusCode;
use serde_json::{Value, json};
use service::testing::PASSWORD;

use crate::support::{App, Response, snapshot};

async fn log_in(app: &App) -> Value {
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    app.post("/api/auth/login").json(&body).send().await.json()
}

async fn refresh(app: &App, token: &Value) -> Response {
    app.post("/api/auth/refresh").json(&json!({ "refreshToken": token })).send().await
}

async fn status_of_me(app: &App, token: &Value) -> StatusCode {
    let bearer = format!("Bearer {}", token.as_str().unwrap());
    app.get("/api/auth/me").header("authorization", &bearer).send().await.status
}

#[tokio::test]
async fn a_refresh_token_gets_the_next_pair_once() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let first = log_in(&app).await;
    app.world.clock.advance(chrono::TimeDelta::minutes(15));
    assert_eq!(status_of_me(&app, &first["token"]).await, StatusCode::UNAUTHORIZED);
    let second = refresh(&app, &first["refreshToken"]).await;
    snapshot("refreshed", &second);
    assert_eq!(status_of_me(&app, &second.json()["token"]).await, StatusCode::OK);

    snapshot("refresh_token_reused", &refresh(&app, &first["refreshToken"]).await);
    let family = refresh(&app, &second.json()["refreshToken"]).await;
    assert_eq!(family.status, StatusCode::UNAUTHORIZED, "the reuse has ended it");
    for body in
        [json!({}), json!({"refreshToken": 7}), json!({"refreshToken": "x", "role": "ADMIN"})]
    {
        let refused = app.post("/api/auth/refresh").json(&body).send().await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
    }
}

#[tokio::test]
async fn signing_out_revokes_the_refresh_token_and_needs_no_body() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let tokens = log_in(&app).await;
    let bare = app.post("/api/auth/logout").send().await;
    assert_eq!(bare.status, StatusCode::NO_CONTENT);
    let body = json!({ "refreshToken": tokens["refreshToken"] });
    for _ in 0..2 {
        let out = app.post("/api/auth/logout").json(&body).send().await;
        assert_eq!(out.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(refresh(&app, &tokens["refreshToken"]).await.status, StatusCode::UNAUTHORIZED);
}
