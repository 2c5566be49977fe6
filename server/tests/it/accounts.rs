//! `/api/auth`.

use axum::http::StatusCode;
use serde_json::json;
use service::testing::PASSWORD;

use crate::support::{App, Response, snapshot};

#[tokio::test]
async fn signing_up_returns_a_token_and_the_user() {
    let app = App::new().await;
    let body = json!({
        "name": " Ada ", "email": "Ada@Example.com", "password": PASSWORD, "role": "ORGANIZER"
    });
    let response = app.post("/api/auth/signup").json(&body).send().await;
    snapshot("signup", &response);

    let token = response.json()["token"].as_str().unwrap().to_owned();
    let me =
        app.get("/api/auth/me").header("authorization", &format!("bEaReR {token}")).send().await;
    snapshot("me", &me);
}

#[tokio::test]
async fn an_email_signs_up_once_regardless_of_case() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let body = json!({
        "name": "Ada", "email": "ADA@example.com", "password": PASSWORD, "role": "PARTICIPANT"
    });
    snapshot("signup_taken", &app.post("/api/auth/signup").json(&body).send().await);
}

#[tokio::test]
async fn a_signup_reports_every_fault_by_field() {
    let app = App::new().await;
    let body = json!({"email": "ada", "password": "short", "role": "ADMIN", "isAdmin": true});
    snapshot("signup_invalid", &app.post("/api/auth/signup").json(&body).send().await);
}

#[tokio::test]
async fn a_name_with_a_web_address_is_rejected_at_sign_up_and_in_the_profile() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let faults = |response: &Response| response.json()["errors"].clone();
    for name in ["Win at http://evil.example", "www.evil.example", "evil.example/win", "evil.com"] {
        let body = json!({
            "name": name, "email": "eve@example.com", "password": PASSWORD, "role": "PARTICIPANT"
        });
        let response = app.post("/api/auth/signup").json(&body).send().await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{name}");
        let expected = json!([{"field": "name", "message": "Name must not contain a web address"}]);
        assert_eq!(faults(&response), expected, "{name}");
        let edited = app.patch("/api/auth/me").by(&ada).json(&json!({"name": name}));
        let response = edited.send().await;
        assert_eq!((response.status, faults(&response)), (StatusCode::BAD_REQUEST, expected));
    }
    for name in ["J.R. Smith", "Dr.Who", "Conan O'Brien"] {
        let edited = app.patch("/api/auth/me").by(&ada).json(&json!({"name": name}));
        assert_eq!(edited.send().await.status, StatusCode::OK, "{name}");
    }
}

#[tokio::test]
async fn passwords_have_eight_characters_to_seventy_two_bytes() {
    let app = App::new().await;
    let long = "ä".repeat(36);
    for (name, password) in [("ada", "12345678"), ("ben", &long)] {
        let email = format!("{name}@example.com");
        let body =
            json!({"name": name, "email": email, "password": password, "role": "PARTICIPANT"});
        assert_eq!(
            app.post("/api/auth/signup").json(&body).send().await.status,
            StatusCode::CREATED
        );
        let body = json!({"email": email, "password": password});
        assert_eq!(app.post("/api/auth/login").json(&body).send().await.status, StatusCode::OK);
        // bcrypt ignores bytes after the 72nd, so a longer password is rejected.
        let body = json!({"email": email, "password": format!("{password}x")});
        let response = app.post("/api/auth/login").json(&body).send().await;
        assert_eq!(response.status, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn logging_in_returns_a_token_and_the_user() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let body = json!({"email": "ada@EXAMPLE.com", "password": PASSWORD});
    snapshot("login", &app.post("/api/auth/login").json(&body).send().await);
}

#[tokio::test]
async fn a_failed_login_does_not_reveal_whether_the_account_exists() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let wrong_password = json!({"email": "ada@example.com", "password": "something else"});
    let unknown = json!({"email": "eve\u{0}@example.com", "password": PASSWORD});
    let one = app.post("/api/auth/login").json(&wrong_password).send().await;
    let two = app.post("/api/auth/login").json(&unknown).send().await;
    assert_eq!((one.status, one.text.clone()), (two.status, two.text));
    snapshot("login_failed", &one);
}

#[tokio::test]
async fn a_disabled_account_is_refused_with_a_reason_and_its_tokens_are_revoked() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let token = app.token(&ada);
    let email = domain::Email::parse("ada@example.com").unwrap();
    service::accounts::disable(&app.world.ctx, &email).await.unwrap();
    let body = json!({"email": "ada@example.com", "password": PASSWORD});
    snapshot("account_disabled", &app.post("/api/auth/login").json(&body).send().await);
    let me = app.get("/api/auth/me").header("authorization", &format!("Bearer {token}"));
    assert_eq!(me.send().await.json()["code"], "token_revoked");
    let form = "application/x-www-form-urlencoded";
    let typed = "email=ada@example.com&password=correct+horse";
    let refused = app.post("/fn/log_in").header("accept", "text/html").text(form, typed.to_owned());
    let refused = refused.send().await;
    let cookie = refused.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let page = app.get("/auth/login").header("cookie", &cookie).send().await;
    assert!(page.text.contains("This account is disabled."), "{}", page.text);
}

#[tokio::test]
async fn only_a_valid_token_authenticates() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let token = app.token(&ada);
    let forged = format!("{}x", &token[..token.len() - 1]);
    for authorization in [
        "",
        "Bearer",
        "Bearer ",
        "Basic YWRhOmFkYQ==",
        "Bearer x.y.z",
        &format!("Bearer {forged}"),
        &token,
    ] {
        let response = app.get("/api/auth/me").header("authorization", authorization).send().await;
        assert_eq!(response.status, StatusCode::UNAUTHORIZED, "{authorization}");
    }
    snapshot("unauthorized", &app.get("/api/auth/me").send().await);

    assert_eq!(app.get("/api/auth/me").by(&ada).send().await.status, StatusCode::OK);
    let bearer = format!("Bearer {token}");
    app.world.clock.advance(chrono::TimeDelta::hours(24));
    let expired = app.get("/api/auth/me").header("authorization", &bearer).send().await;
    assert_eq!(expired.status, StatusCode::UNAUTHORIZED);
}
