//! `/api/webhooks`.

use axum::http::{Method, StatusCode};
use serde_json::json;

use crate::support::App;

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
