//! `/api/auth/refresh` and `/api/auth/logout`.

use axum::http::StatusCode;
use chrono::TimeDelta;
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
async fn a_refresh_token_is_exchanged_once() {
    let lifetime = "15m".parse().unwrap();
    let app = App::configured(|options| options.jwt_expiration = lifetime).await;
    app.world.participant("Ada").await;
    let first = log_in(&app).await;
    app.world.clock.advance(TimeDelta::minutes(15));
    assert_eq!(status_of_me(&app, &first["token"]).await, StatusCode::UNAUTHORIZED);
    let second = refresh(&app, &first["refreshToken"]).await;
    snapshot("refreshed", &second);
    assert_eq!(status_of_me(&app, &second.json()["token"]).await, StatusCode::OK);

    app.world.clock.advance(TimeDelta::seconds(11));
    snapshot("refresh_token_reused", &refresh(&app, &first["refreshToken"]).await);
    let family = refresh(&app, &second.json()["refreshToken"]).await;
    assert_eq!(family.status, StatusCode::UNAUTHORIZED, "the reuse has revoked the family");
    for body in
        [json!({}), json!({"refreshToken": 7}), json!({"refreshToken": "x", "role": "ADMIN"})]
    {
        let refused = app.post("/api/auth/refresh").json(&body).send().await;
        assert_eq!(refused.status, StatusCode::BAD_REQUEST, "{body}");
    }
}

#[tokio::test]
async fn logging_out_revokes_the_refresh_token_and_needs_no_body() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let tokens = log_in(&app).await;
    let bare = app.post("/api/auth/logout").send().await;
    assert_eq!(bare.status, StatusCode::NO_CONTENT);
    let body = json!({ "refreshToken": tokens["refreshToken"] });
    for _ in 0..2 {
        let logged_out = app.post("/api/auth/logout").json(&body).send().await;
        assert_eq!(logged_out.status, StatusCode::NO_CONTENT);
    }
    assert_eq!(refresh(&app, &tokens["refreshToken"]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_token_is_valid_for_a_day_by_default() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let tokens = log_in(&app).await;
    assert_eq!(tokens["expiresIn"], 86_400);
    app.world.clock.advance(TimeDelta::hours(24) - TimeDelta::seconds(1));
    assert_eq!(status_of_me(&app, &tokens["token"]).await, StatusCode::OK);
    app.world.clock.advance(TimeDelta::seconds(1));
    assert_eq!(status_of_me(&app, &tokens["token"]).await, StatusCode::UNAUTHORIZED);

    let lifetime = "7d".parse().unwrap();
    let app = App::configured(|options| options.jwt_expiration = lifetime).await;
    app.world.participant("Ada").await;
    assert_eq!(log_in(&app).await["expiresIn"], 604_800);
}

#[tokio::test]
async fn parallel_refreshes_return_the_same_pair() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let first = log_in(&app).await;
    let token = &first["refreshToken"];
    let (one, two, three) =
        tokio::join!(refresh(&app, token), refresh(&app, token), refresh(&app, token));
    for answer in [&one, &two, &three] {
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text);
        assert_eq!(answer.json()["refreshToken"], one.json()["refreshToken"]);
        assert_eq!(status_of_me(&app, &answer.json()["token"]).await, StatusCode::OK);
    }
    app.world.clock.advance(TimeDelta::hours(1));
    let next = refresh(&app, &one.json()["refreshToken"]).await;
    assert_eq!(next.status, StatusCode::OK, "no token was stolen");
}

#[tokio::test]
async fn a_used_refresh_token_is_accepted_for_ten_seconds_and_then_revokes_its_family() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let first = log_in(&app).await;
    let second = refresh(&app, &first["refreshToken"]).await.json();
    app.world.clock.advance(TimeDelta::seconds(10));
    let retry = refresh(&app, &first["refreshToken"]).await;
    assert_eq!(retry.json()["refreshToken"], second["refreshToken"], "the first response was lost");
    app.world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(refresh(&app, &first["refreshToken"]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refresh(&app, &second["refreshToken"]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_stolen_token_used_within_the_grace_period_revokes_the_family_later() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let first = log_in(&app).await;
    let owner = refresh(&app, &first["refreshToken"]).await.json();
    let thief = refresh(&app, &first["refreshToken"]).await.json();
    app.world.clock.advance(TimeDelta::minutes(5));
    let thief = refresh(&app, &thief["refreshToken"]).await;
    assert_eq!(thief.status, StatusCode::OK);
    app.world.clock.advance(TimeDelta::minutes(5));
    assert_eq!(refresh(&app, &owner["refreshToken"]).await.status, StatusCode::UNAUTHORIZED);
    let thief = refresh(&app, &thief.json()["refreshToken"]).await;
    assert_eq!(thief.status, StatusCode::UNAUTHORIZED, "the family is revoked");
}

#[tokio::test]
async fn a_used_refresh_token_is_rejected_once_its_successor_was_used() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let first = log_in(&app).await;
    let second = refresh(&app, &first["refreshToken"]).await.json();
    let third = refresh(&app, &second["refreshToken"]).await.json();
    assert_eq!(refresh(&app, &first["refreshToken"]).await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(refresh(&app, &third["refreshToken"]).await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn logging_out_within_the_grace_period_revokes_the_family() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let first = log_in(&app).await;
    let second = refresh(&app, &first["refreshToken"]).await.json();
    let body = json!({ "refreshToken": first["refreshToken"] });
    app.post("/api/auth/logout").json(&body).send().await;
    for token in [&first["refreshToken"], &second["refreshToken"]] {
        assert_eq!(refresh(&app, token).await.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn missing_expired_malformed_and_revoked_tokens_have_different_errors() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let me = async |values: &[&str]| {
        let call = app.get("/api/auth/me");
        let call = values.iter().fold(call, |call, value| call.header("authorization", value));
        call.send().await
    };
    let error = |response: &Response| {
        assert_eq!(response.status, StatusCode::UNAUTHORIZED);
        assert_eq!(
            response.message(),
            "Unauthorized",
            "for clients of the first version of the API"
        );
        let code = response.json()["code"].as_str().unwrap().to_owned();
        (code, response.header("www-authenticate").unwrap().to_owned())
    };
    let bearer = format!("Bearer {}", app.token(&ada));
    assert_eq!(me(&[&bearer]).await.status, StatusCode::OK);

    for missing in [&[][..], &["Basic YTpi"]] {
        assert_eq!(error(&me(missing).await), ("unauthorized".into(), "Bearer".into()));
    }
    let malformed = concat!(
        r#"Bearer error="invalid_token", "#,
        r#"error_description="The access token is malformed or was not issued here""#,
    );
    for values in [&["Bearer x.y.z"][..], &["Bearer"], &["bearer "], &[&*bearer, &*bearer]] {
        assert_eq!(
            error(&me(values).await),
            ("token_invalid".into(), malformed.into()),
            "{values:?}"
        );
    }
    snapshot("token_invalid", &me(&["Bearer x.y.z"]).await);

    app.world.clock.advance(TimeDelta::days(1));
    let expired = me(&[&bearer]).await;
    let challenge = r#"Bearer error="invalid_token", error_description="The access token expired""#;
    assert_eq!(error(&expired), ("token_expired".into(), challenge.into()));
    snapshot("token_expired", &expired);

    let bearer = format!("Bearer {}", app.token(&ada));
    let body = json!({ "currentPassword": PASSWORD, "newPassword": "another battery" });
    let changed = app.post("/api/auth/password").by(&ada).json(&body).send().await;
    assert_eq!(changed.status, StatusCode::OK);
    let revoked = me(&[&bearer]).await;
    let challenge =
        r#"Bearer error="invalid_token", error_description="The access token was revoked""#;
    assert_eq!(error(&revoked), ("token_revoked".into(), challenge.into()));

    // A public route ignores an invalid token.
    let list = app.get("/api/competitions").header("authorization", "Bearer x.y.z").send().await;
    assert_eq!(list.status, StatusCode::OK);
}
