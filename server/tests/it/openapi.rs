//! The OpenAPI description.

use std::collections::HashSet;

use axum::http::StatusCode;

use crate::support::App;

#[test]
fn the_committed_description_is_current() {
    let committed = include_str!("../../../openapi.json");
    assert!(committed == server::openapi(), "openapi.json is stale: run `make openapi`");
}

#[tokio::test]
async fn the_description_and_its_documentation_are_served() {
    let app = App::new().await;
    let served = app.get("/api/openapi.json").send().await.json();
    let committed: serde_json::Value = serde_json::from_str(&server::openapi()).unwrap();
    assert_eq!(served, committed);
    let page = app.get("/api/docs/").send().await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("//cdn"), "a script is loaded from another host");
    assert_eq!(app.get("/api/docs/swagger-ui-bundle.js").send().await.status, StatusCode::OK);
}

#[test]
fn every_operation_is_described_with_its_responses() {
    let description: serde_json::Value = serde_json::from_str(&server::openapi()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let calls: Vec<_> =
        paths.values().flat_map(|path| path.as_object().unwrap().values()).collect();
    assert_eq!(calls.len(), 34);
    for call in calls {
        assert!(call["summary"].is_string() && call["responses"].is_object(), "{call}");
    }
    // Every write can end with an unknown outcome.
    for path in paths.values() {
        for (method, call) in path.as_object().unwrap() {
            assert!(method == "get" || call["responses"]["503"].is_object(), "{method} {call}");
        }
    }
}

#[test]
fn every_operation_has_an_id_of_its_own() {
    let description: serde_json::Value = serde_json::from_str(&server::openapi()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let mut ids = HashSet::new();
    for operation in paths.values().flat_map(|path| path.as_object().unwrap().values()) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "two operations are called {id}");
        // An id stands alone in a generated client, so it names the noun, too.
        assert!(id.contains('_') || id == "register", "{id} says too little");
    }
}
