//! `/api/auth/tokens`, and requests with personal access tokens.

use axum::http::{Method, StatusCode};
use chrono::TimeDelta;
use serde_json::{Value, json};
use service::Actor;

use crate::support::{App, Call, Response, snapshot};

/// Creates a token. Returns its id and its text.
async fn create(app: &App, owner: &Actor, scope: &str) -> (String, String) {
    let body = json!({ "name": scope, "scope": scope });
    let created = app.post("/api/auth/tokens").by(owner).json(&body).send().await;
    assert_eq!(created.status, StatusCode::CREATED, "{}", created.text);
    let body = created.json();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    (text(&body["personalToken"]["id"]), text(&body["token"]))
}

fn with<'a>(call: Call<'a>, token: &str) -> Call<'a> {
    call.header("authorization", &format!("Bearer {token}"))
}

/// The code of a refusal, and its challenge.
fn refusal(response: &Response) -> (u16, String, String) {
    let code = response.json()["code"].as_str().unwrap().to_owned();
    let challenge = response.header("www-authenticate").unwrap_or_default().to_owned();
    (response.status.as_u16(), code, challenge)
}

#[tokio::test]
async fn a_token_is_created_listed_used_and_revoked() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let body = json!({ "name": "Results importer", "scope": "write", "expiresInDays": 90 });
    let created = app.post("/api/auth/tokens").by(&ada).json(&body).send().await;
    snapshot("personal_token_created", &created);
    assert_eq!(created.header("cache-control"), Some("no-store"));
    let token = created.json()["token"].as_str().unwrap().to_owned();
    let taken = app.post("/api/auth/tokens").by(&ada).json(&body).send().await;
    snapshot("personal_token_taken", &taken);
    snapshot("personal_tokens", &app.get("/api/auth/tokens").by(&ada).send().await);

    let me = with(app.get("/api/auth/me"), &token).send().await;
    assert_eq!(me.json()["email"], "ada@example.com");
    let id = created.json()["personalToken"]["id"].as_str().unwrap().to_owned();
    let path = format!("/api/auth/tokens/{id}");
    assert_eq!(created.header("location"), Some(&*path));
    let found = app.get(&path).by(&ada).send().await;
    assert_eq!(found.json()["name"], "Results importer");
    let revoked = app.call(Method::DELETE, &path).by(&ada).send().await;
    assert_eq!(revoked.status, StatusCode::NO_CONTENT);
    let me = with(app.get("/api/auth/me"), &token).send().await;
    let challenge =
        r#"Bearer error="invalid_token", error_description="The access token was revoked""#;
    assert_eq!(refusal(&me), (401, "token_revoked".to_owned(), challenge.to_owned()));
    let again = app.call(Method::DELETE, &path).by(&ada).send().await;
    snapshot("personal_token_not_found", &again);
}

#[tokio::test]
async fn a_token_without_its_scope_is_refused_with_the_scope_that_it_lacks() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let (_, read) = create(&app, &ada, "read").await;
    let rename = json!({ "name": "Grace" });
    let refused = with(app.patch("/api/auth/me"), &read).json(&rename).send().await;
    snapshot("insufficient_scope", &refused);
    // The scope is checked before the input.
    let refused = with(app.patch("/api/auth/me"), &read).json(&json!([1])).send().await;
    assert_eq!(refused.status, StatusCode::FORBIDDEN);
    let (_, write) = create(&app, &ada, "write").await;
    let renamed = with(app.patch("/api/auth/me"), &write).json(&rename).send().await;
    assert_eq!(renamed.json()["name"], "Grace");
}

#[tokio::test]
async fn a_token_cannot_manage_tokens() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let (id, token) = create(&app, &ada, "write").await;
    let body = json!({ "name": "another", "scope": "read" });
    let path = format!("/api/auth/tokens/{id}");
    for call in [
        app.get("/api/auth/tokens"),
        app.post("/api/auth/tokens").json(&body),
        app.call(Method::DELETE, &path),
    ] {
        let refused = with(call, &token).send().await;
        let challenge = r#"Bearer error="insufficient_scope""#;
        assert_eq!(refusal(&refused), (403, "forbidden".to_owned(), challenge.to_owned()));
        assert_eq!(
            refused.message(),
            "A personal access token cannot do this. Log in with your password."
        );
    }
}

#[tokio::test]
async fn expired_and_malformed_tokens_have_different_errors() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let body = json!({ "name": "CI", "scope": "read", "expiresInDays": 1 });
    let created = app.post("/api/auth/tokens").by(&ada).json(&body).send().await;
    let token = created.json()["token"].as_str().unwrap().to_owned();
    app.world.clock.advance(TimeDelta::days(1));
    for (token, code) in [
        (&*token, "token_expired"),
        (&token[..token.len() - 1], "token_invalid"),
        ("mcpat_", "token_invalid"),
    ] {
        let refused = with(app.get("/api/auth/me"), token).send().await;
        let (status, found, challenge) = refusal(&refused);
        assert_eq!((status, &*found), (401, code), "{token}");
        assert!(challenge.starts_with(r#"Bearer error="invalid_token""#), "{challenge}");
        assert_eq!(refused.message(), "Unauthorized");
    }
}

#[tokio::test]
async fn pages_do_not_accept_a_token() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let (_, token) = create(&app, &ada, "write").await;
    let page = with(app.get("/account"), &token).header("accept", "text/html").send().await;
    assert_eq!(page.status, StatusCode::FOUND);
    let form = "application/x-www-form-urlencoded";
    let function = with(app.post("/fn/edit_profile"), &token).text(form, "name=Eve").send().await;
    assert_eq!(function.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_retried_creation_makes_one_token_and_its_text_is_stored_nowhere() {
    let app = App::new().await;
    let ada = app.world.participant("Ada").await;
    let body = json!({ "name": "CI", "scope": "read" });
    let send = || {
        let call = app.post("/api/auth/tokens").by(&ada).header("idempotency-key", "one");
        call.json(&body).send()
    };
    let created = send().await;
    assert_eq!(created.status, StatusCode::CREATED);
    let again = send().await;
    assert_eq!(refusal(&again).1, "token_name_taken");
    assert_eq!(app.world.idempotency_records().await, 0);
    let listed = app.get("/api/auth/tokens").by(&ada).send().await;
    assert_eq!(listed.json().as_array().unwrap().len(), 1);
    let token = created.json()["token"].as_str().unwrap().to_owned();
    assert!(!app.world.stored_text().await.contains(&token["mcpat_".len()..]));
}

#[tokio::test]
async fn the_requests_of_a_token_count_against_the_limit_of_its_owner() {
    let app = App::limiting(|options| {
        options.traffic.rate_limit_user_reads = "2/1".parse().unwrap();
    })
    .await;
    let ada = app.world.participant("Ada").await;
    let (_, token) = create(&app, &ada, "read").await;
    assert_eq!(app.get("/api/auth/me").by(&ada).send().await.status, StatusCode::OK);
    let second = with(app.get("/api/auth/me"), &token).send().await;
    assert_eq!(second.status, StatusCode::OK);
    let third = with(app.get("/api/auth/me"), &token).send().await;
    assert_eq!(third.status, StatusCode::TOO_MANY_REQUESTS);
}
