//! Privileged fields, and header injection.

use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{FORM, HTML};
use crate::support::App;

/// Fields that a client must not set.
const PRIVILEGES: [(&str, &str); 12] = [
    ("id", "\"01939c2e-7b5a-7000-8000-000000000001\""),
    ("isAdmin", "true"),
    ("admin", "true"),
    ("registered", "0"),
    ("seatsLeft", "1000"),
    ("organizerId", "\"01939c2e-7b5a-7000-8000-000000000001\""),
    ("userId", "\"01939c2e-7b5a-7000-8000-000000000001\""),
    ("createdAt", "\"2020-01-01T00:00:00Z\""),
    ("passwordHash", "\"x\""),
    ("emailVerified", "true"),
    ("__proto__", "{}"),
    ("revision", "99"),
];

fn with(body: &Value, field: &str, value: &str) -> Value {
    let mut body = body.clone();
    body[field] = serde_json::from_str(value).unwrap();
    body
}

#[tokio::test]
async fn privileged_fields_in_json_are_rejected() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let id = app.world.competition(&ada).create().await;
    let account = json!({
        "name": "Eve", "email": "eve@example.com", "password": "correct horse",
        "role": "PARTICIPANT"
    });
    let login = json!({"email": "ada@example.com", "password": "correct horse"});
    let competition = json!({
        "title": "Chess", "description": "Chess", "capacity": 5,
        "regDeadline": "2026-11-30T12:00:00Z"
    });
    let edit = json!({"version": 1, "title": "Go"});
    let address = format!("/api/competitions/{id}");
    for (method, path, body) in [
        (Method::POST, "/api/auth/signup", &account),
        (Method::POST, "/api/auth/login", &login),
        (Method::POST, "/api/competitions", &competition),
        (Method::PATCH, &address, &edit),
    ] {
        for (field, value) in PRIVILEGES {
            let call = app.call(method.clone(), path).by(&ada);
            let response = call.json(&with(body, field, value)).send().await;
            assert_eq!(response.status, StatusCode::BAD_REQUEST, "{path} {field}");
            let errors = response.json()["errors"].to_string();
            assert!(errors.contains(field), "{path} {field}: {errors}");
        }
    }
    let role = with(&account, "role", "\"ADMIN\"");
    let response = app.post("/api/auth/signup").json(&role).send().await;
    assert_eq!(response.status, StatusCode::BAD_REQUEST);
    let seen = app.get(&address).send().await.json();
    assert_eq!((&seen["title"], &seen["seatsLeft"]), (&json!("Code Sprint"), &json!(10)));
}

#[tokio::test]
async fn privileged_fields_in_forms_are_rejected() {
    let app = App::new().await;
    let form = "name=Eve&email=eve%40example.com&password=correct+horse";
    for extra in ["role=ADMIN", "role=PARTICIPANT&role=ADMIN"] {
        let body = format!("{form}&{extra}");
        let response = app.post("/fn/sign_up").text(FORM, body).send().await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{extra}: {}", response.text);
    }
}

#[tokio::test]
async fn line_breaks_in_input_inject_no_header() {
    let app = App::new().await;
    let evil = "a%0d%0aSet-Cookie:%20evil=1%0d%0a%0d%0a%3Ch1%3E";
    for path in [
        format!("/auth/login?next=/{evil}"),
        format!("/competitions?search={evil}"),
        format!("/competitions/{evil}"),
        format!("/mailbox?mail={evil}"),
        format!("/{evil}"),
        format!("/api/competitions?search={evil}"),
        format!("/api/competitions/{evil}"),
    ] {
        let response = app.get(&path).header("accept", HTML).send().await;
        for (name, value) in &response.headers {
            let value = String::from_utf8_lossy(value.as_bytes());
            assert!(name != "set-cookie" || !value.contains("evil"), "{path}");
            assert!(!value.contains(['\r', '\n']), "{path}");
        }
    }
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&ada).await;
    let body = format!("draft[title]=x&idempotency_key={evil}");
    let call = app.post("/fn/create_competition").header("cookie", &cookie);
    let response = call.header("sec-fetch-site", "same-origin").text(FORM, body).send().await;
    assert_eq!(response.json()["code"], "invalid_idempotency_key");
}

#[tokio::test]
async fn names_and_titles_with_line_breaks_are_rejected() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    for broken in ["x\r\nBcc: evil@example.com", "x\ny", "x\u{0}"] {
        let account = json!({
            "name": broken, "email": "eve@example.com", "password": "correct horse",
            "role": "PARTICIPANT"
        });
        let response = app.post("/api/auth/signup").json(&account).send().await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{broken:?}");
        let account = json!({
            "name": "Eve", "email": format!("eve@example.com{broken}"), "password": "correct horse",
            "role": "PARTICIPANT"
        });
        let response = app.post("/api/auth/signup").json(&account).send().await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{broken:?}");
        let competition = json!({
            "title": broken, "description": "x", "tags": [broken], "capacity": 1,
            "regDeadline": "2026-11-30T12:00:00Z"
        });
        let response = app.post("/api/competitions").by(&ada).json(&competition).send().await;
        assert_eq!(response.status, StatusCode::BAD_REQUEST, "{broken:?}");
        assert_eq!(response.json()["errors"].as_array().unwrap().len(), 2, "title and tag");
    }
}
