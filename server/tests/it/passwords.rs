//! Changing and resetting passwords, editing and deleting accounts.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};
use service::{Actor, password_reset, testing::PASSWORD};

use crate::support::{App, Response, snapshot};

const NEW: &str = "battery staple";

/// Logs in as a browser. Returns the cookie of the session.
async fn browser(app: &App, email: &str, password: &str) -> String {
    let form =
        format!("email={}&password={}", email.replace('@', "%40"), password.replace(' ', "+"));
    let call = app.post("/fn/log_in").header("accept", "text/html");
    let response = call.text("application/x-www-form-urlencoded", form).send().await;
    cookie(&response).expect("a session")
}

fn cookie(response: &Response) -> Option<String> {
    let set = response.header("set-cookie")?;
    Some(set.split(';').next().unwrap().to_owned())
}

async fn me(app: &App, cookie: &str) -> StatusCode {
    app.get("/api/auth/me").header("cookie", cookie).send().await.status
}

async fn log_in(app: &App, email: &str, password: &str) -> Response {
    let body = json!({"email": email, "password": password});
    app.post("/api/auth/login").json(&body).send().await
}

async fn link(app: &App) -> String {
    let ada = domain::Email::parse("ada@example.com").unwrap();
    password_reset::link(&app.world.ctx, &ada).await.unwrap()
}

#[tokio::test]
async fn a_password_change_ends_other_sessions_and_all_tokens_and_renews_this_session() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let mine = browser(&app, "ada@example.com", PASSWORD).await;
    let other = browser(&app, "ada@example.com", PASSWORD).await;
    let tokens = log_in(&app, "ada@example.com", PASSWORD).await.json();
    let form =
        format!("current_password={}&new_password=battery+staple", PASSWORD.replace(' ', "+"));
    let call =
        app.post("/fn/change_password").header("accept", "text/html").header("cookie", &mine);
    let call = call.header("sec-fetch-site", "same-origin");
    let changed = call.text("application/x-www-form-urlencoded", form).send().await;
    assert_eq!(changed.header("location"), Some("/account"));

    let renewed = cookie(&changed).expect("a new id");
    assert_ne!(renewed, mine);
    assert_eq!(me(&app, &renewed).await, StatusCode::OK);
    assert_eq!(me(&app, &mine).await, StatusCode::UNAUTHORIZED);
    assert_eq!(me(&app, &other).await, StatusCode::UNAUTHORIZED);
    assert_eq!(app.get("/api/auth/me").by(&ada).send().await.status, StatusCode::UNAUTHORIZED);
    let refresh = json!({ "refreshToken": tokens["refreshToken"] });
    let refused = app.post("/api/auth/refresh").json(&refresh).send().await;
    assert_eq!(refused.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_password_change_over_the_api_returns_new_tokens() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let change =
        async |body: Value| app.post("/api/auth/password").by(&ada).json(&body).send().await;
    let wrong = json!({"currentPassword": "wrong horse", "newPassword": NEW});
    snapshot("wrong_password", &change(wrong).await);
    let changed = change(json!({"currentPassword": PASSWORD, "newPassword": NEW})).await;
    assert_eq!(changed.status, StatusCode::OK);
    let bearer = format!("Bearer {}", changed.json()["token"].as_str().unwrap());
    let me = app.get("/api/auth/me").header("authorization", &bearer).send().await;
    assert_eq!(me.status, StatusCode::OK);
    assert_eq!(log_in(&app, "ada@example.com", NEW).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_reset_request_has_the_same_response_with_and_without_an_account() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let ask = async |email: &str| {
        app.post("/api/auth/password-reset").json(&json!({ "email": email })).send().await
    };
    let (known, unknown) = (ask("ada@example.com").await, ask("eve@example.com").await);
    assert_eq!((known.status, &known.text), (unknown.status, &unknown.text));
    snapshot("reset_requested", &known);
    assert_eq!(ask("no address").await.status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_reset_link_sets_a_password_once_over_the_api() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let link = link(&app).await;
    let body = json!({"token": link.split_once("token=").unwrap().1, "password": NEW});
    let confirm = async || app.post("/api/auth/password-reset/confirm").json(&body).send().await;
    assert_eq!(confirm().await.status, StatusCode::NO_CONTENT);
    snapshot("reset_link_invalid", &confirm().await);
    assert_eq!(log_in(&app, "ada@example.com", NEW).await.status, StatusCode::OK);
}

#[tokio::test]
async fn the_reset_page_removes_the_token_from_the_url_and_never_shows_it() {
    let app = App::new().await;
    app.world.participant("Ada").await;
    let link = link(&app).await;
    let path = link.strip_prefix("https://site.example").unwrap();
    let first = app.get(path).send().await;
    assert_eq!((first.status, first.header("location")), (StatusCode::FOUND, Some("/auth/reset")));
    assert_eq!(first.header("referrer-policy"), Some("no-referrer"));
    let cookie = cookie(&first).unwrap();
    let page = app.get("/auth/reset").header("cookie", &cookie).send().await;
    assert!(page.text.contains("ada@example.com"), "{}", page.text);
    assert!(!page.text.contains(path.split_once("token=").unwrap().1));
    // This URL has no token, and with `no-referrer` its form would send `Origin: null`.
    assert_eq!(page.header("referrer-policy"), Some("same-origin"));
    let visitor = app.get("/auth/reset").send().await;
    assert!(visitor.text.contains("This link has expired"));
}

#[tokio::test]
async fn deleting_an_account_ends_its_sessions_and_tokens() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let session = browser(&app, "ada@example.com", PASSWORD).await;
    let delete = async |actor: &Actor, body: Value| {
        app.call(Method::DELETE, "/api/auth/me").by(actor).json(&body).send().await.status
    };
    assert_eq!(delete(&ada, json!({"password": "wrong horse"})).await, StatusCode::FORBIDDEN);
    assert_eq!(delete(&ada, json!({})).await, StatusCode::BAD_REQUEST);
    assert_eq!(delete(&ada, json!({"password": PASSWORD})).await, StatusCode::NO_CONTENT);
    assert_eq!(me(&app, &session).await, StatusCode::UNAUTHORIZED);
    assert_eq!(app.get("/api/auth/me").by(&ada).send().await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_profile_edit_changes_only_name_and_time_zone() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let edit = async |body: Value| app.patch("/api/auth/me").by(&ada).json(&body).send().await;
    let edited = edit(json!({"name": "Ada Lovelace", "timeZone": "Europe/London"})).await;
    snapshot("profile_edited", &edited);
    assert_eq!(edit(json!({"timeZone": null})).await.json()["timeZone"], Value::Null);
    for bad in [json!({"timeZone": "Mars/Olympus"}), json!({"role": "ADMIN"}), json!({"name": " "})]
    {
        assert_eq!(edit(bad.clone()).await.status, StatusCode::BAD_REQUEST, "{bad}");
    }
    assert_eq!(edit(json!({})).await.json()["name"], "Ada Lovelace");
}
