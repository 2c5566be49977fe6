//! `/api/webhooks`, and the pages of webhooks.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::support::{App, Response};

const HTML: &str = "text/html";
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_webhook_is_created_edited_tested_and_deleted() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let body = json!({ "url": "https://club.example/hook", "description": "Seats" });
    let created = app.post("/api/webhooks").by(&ada).json(&body).send().await;
    assert_eq!(created.status, StatusCode::CREATED);
    let created = created.json();
    assert!(created["secret"].as_str().unwrap().starts_with("whsec_"));
    assert_eq!(created["eventTypes"], json!([]));
    let path = format!("/api/webhooks/{}", created["id"].as_str().unwrap());

    let edited = app.patch(&path).by(&ada).json(&json!({ "eventTypes": ["competition.full"] }));
    assert_eq!(edited.send().await.json()["eventTypes"], json!(["competition.full"]));
    let shown = app.get(&path).by(&ada).send().await;
    assert_eq!(shown.json()["description"], "Seats");
    assert!(!shown.text.contains("whsec_"));
    let rotated = app.post(&format!("{path}/rotate-secret")).by(&ada).send().await.json();
    assert_ne!(rotated["secret"], created["secret"]);

    let test = app.post(&format!("{path}/test")).by(&ada).send().await;
    assert_eq!(test.status, StatusCode::ACCEPTED);
    let deliveries = app.get(&format!("{path}/deliveries?limit=1")).by(&ada).send().await;
    assert_eq!(deliveries.json(), json!([test.json()]));
    assert_eq!(test.json()["eventType"], "webhook.test");
    let again =
        format!("/api/webhooks/deliveries/{}/send-again", test.json()["id"].as_str().unwrap());
    assert_eq!(app.post(&again).by(&ada).send().await.status, StatusCode::ACCEPTED);

    app.patch(&path).by(&ada).json(&json!({ "enabled": false })).send().await;
    let refused = app.post(&again).by(&ada).send().await;
    assert_eq!(
        (refused.status, &refused.json()["code"]),
        (StatusCode::CONFLICT, &json!("webhook_disabled"))
    );
    assert_eq!(
        app.call(Method::DELETE, &path).by(&ada).send().await.status,
        StatusCode::NO_CONTENT
    );
    let gone = app.get(&path).by(&ada).send().await;
    assert_eq!(
        (gone.status, &gone.json()["code"]),
        (StatusCode::NOT_FOUND, &json!("webhook_not_found"))
    );
    assert_eq!(app.get("/api/webhooks").by(&ada).send().await.json(), json!([]));
}

#[tokio::test]
async fn every_fault_of_a_webhook_is_reported_at_once() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let body = json!({ "url": "http://club.example", "eventTypes": ["all"], "secret": "mine" });
    let refused = app.post("/api/webhooks").by(&ada).json(&body).send().await;
    assert_eq!(refused.status, StatusCode::BAD_REQUEST);
    let refused = refused.json();
    let fields: Vec<_> =
        refused["errors"].as_array().unwrap().iter().map(|fault| &fault["field"]).collect();
    assert_eq!(fields, ["url", "eventTypes", "secret"]);
}

/// Posts a form as a browser does without JavaScript. Returns where it is redirected.
async fn redirect(app: &App, cookie: &str, action: &str, body: &str) -> String {
    let call = app.post(&format!("/fn/{action}")).header("accept", HTML).header("cookie", cookie);
    let call = call.header("sec-fetch-site", "same-origin").text(FORM, body.to_owned());
    let response = call.send().await;
    assert_eq!(response.status, StatusCode::FOUND, "{}", response.text);
    response.header("location").unwrap().to_owned()
}

async fn page(app: &App, cookie: &str, path: &str) -> Response {
    app.get(path).header("accept", HTML).header("cookie", cookie).send().await
}

#[tokio::test]
async fn a_new_secret_is_on_the_first_page_after_its_form_only() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&ada).await;
    let path = redirect(&app, &cookie, "create_webhook", "url=https://club.example/hook").await;
    let id = path.strip_prefix("/webhooks/").unwrap().to_owned();
    // A page about another webhook leaves it.
    let other = json!({ "url": "https://club.example/other" });
    let other = app.post("/api/webhooks").by(&ada).json(&other).send().await.json();
    let other = format!("/webhooks/{}", other["id"].as_str().unwrap());
    assert!(!page(&app, &cookie, &other).await.text.contains("whsec_"));

    let first = page(&app, &cookie, &path).await;
    assert!(first.text.contains("whsec_") && first.text.contains("Copy it now."));
    assert_eq!(first.header("cache-control"), Some("private, no-store"));
    assert!(!page(&app, &cookie, &path).await.text.contains("whsec_"));

    let body = format!("id={id}");
    assert_eq!(redirect(&app, &cookie, "rotate_secret", &body).await, path);
    assert!(page(&app, &cookie, &path).await.text.contains("whsec_"));
    redirect(&app, &cookie, "rotate_secret", &body).await;
    let rotated = app.post(&format!("/api{path}/rotate-secret")).by(&ada).send().await;
    assert_eq!(rotated.status, StatusCode::OK);
    // Another client has the present secret.
    assert!(!page(&app, &cookie, &path).await.text.contains("whsec_"));
}

#[tokio::test]
async fn a_refused_form_about_a_webhook_is_shown_again_with_its_text() {
    let app = App::new().await;
    let ada = app.world.organizer("Ada").await;
    let cookie = app.log_in(&ada).await;
    let body = "url=http://club.example&description=Seats&event_types[]=competition.full";
    assert_eq!(redirect(&app, &cookie, "create_webhook", body).await, "/webhooks");
    let shown = page(&app, &cookie, "/webhooks").await.text;
    assert!(shown.contains("Enter a URL that begins with https://"), "{shown}");
    assert!(shown.contains(r#"value="http://club.example""#) && shown.contains(r#"value="Seats""#));
    assert_eq!(shown.matches(" checked").count(), 1);
    assert!(!page(&app, &cookie, "/webhooks").await.text.contains("Enter a URL that"));
}
