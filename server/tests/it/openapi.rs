//! The OpenAPI description.

use std::collections::HashSet;

use axum::http::StatusCode;
use serde_json::Value;

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
    let committed: Value = serde_json::from_str(&server::openapi()).unwrap();
    assert_eq!(served, committed);
    let page = app.get("/api/docs/").send().await;
    assert_eq!(page.status, StatusCode::OK);
    assert!(!page.text.contains("//cdn"), "a script is loaded from another host");
    assert_eq!(app.get("/api/docs/swagger-ui-bundle.js").send().await.status, StatusCode::OK);
}

#[test]
fn every_operation_is_described_with_its_responses() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let calls: Vec<_> =
        paths.values().flat_map(|path| path.as_object().unwrap().values()).collect();
    assert_eq!(calls.len(), 48);
    for call in calls {
        assert!(call["summary"].is_string() && call["responses"].is_object(), "{call}");
        assert!(call["description"].is_string(), "{call}");
    }
    for path in paths.values() {
        for (method, call) in path.as_object().unwrap() {
            let has = |status: &str| call["responses"][status].is_object();
            assert!(has("429") && has("503"), "{method} {call}");
            // An empty list says that no token is needed.
            let needs_token = !call["security"].as_array().unwrap().is_empty();
            assert_eq!(has("401"), needs_token || is_about_credentials(call), "{method} {call}");
            let has_body = has("413") && has("415") && has("400");
            assert!(method == "get" || has_body, "{method} {call}");
        }
    }
}

/// Whether the call checks other credentials than an access token.
fn is_about_credentials(call: &Value) -> bool {
    ["log_in", "refresh_tokens"].iter().any(|id| call["operationId"] == *id)
}

#[test]
fn every_input_refuses_unknown_fields() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    let schemas = description["components"]["schemas"].as_object().unwrap();
    let is_input = |name: &str| name.ends_with("Input") || name.ends_with("Patch");
    let inputs: Vec<_> = schemas.iter().filter(|(name, _)| is_input(name)).collect();
    assert_eq!(inputs.len(), 14);
    for (name, schema) in inputs {
        assert_eq!(schema["additionalProperties"], false, "{name}");
    }
}

#[test]
fn every_reference_of_the_description_is_declared() {
    fn check(description: &Value, part: &Value) {
        match part {
            Value::Object(members) => {
                if let Some(Value::String(reference)) = members.get("$ref") {
                    let target = description.pointer(reference.trim_start_matches('#'));
                    assert!(target.is_some(), "{reference} is not declared");
                }
                members.values().for_each(|member| check(description, member));
            }
            Value::Array(items) => items.iter().for_each(|item| check(description, item)),
            _ => {}
        }
    }
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    check(&description, &description);
}

#[test]
fn every_operation_has_an_id_of_its_own() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    let mut ids = HashSet::new();
    for operation in paths.values().flat_map(|path| path.as_object().unwrap().values()) {
        let id = operation["operationId"].as_str().unwrap();
        assert!(ids.insert(id), "two operations are called {id}");
        // An id stands alone in a generated client, so it names the noun, too.
        assert!(id.contains('_') || id == "register", "{id} says too little");
    }
}

#[test]
fn every_response_declares_the_headers_that_it_has() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    let paths = description["paths"].as_object().unwrap();
    for operation in paths.values().flat_map(|path| path.as_object().unwrap().values()) {
        let id = &operation["operationId"];
        let responses = operation["responses"].as_object().unwrap();
        for (status, response) in responses {
            let response = match response["$ref"].as_str() {
                Some(reference) => description.pointer(reference.trim_start_matches('#')).unwrap(),
                None => response,
            };
            let has = |name: &str| response["headers"][name].is_object();
            let is_empty = status == "304";
            assert!(is_empty || has("RateLimit") && has("RateLimit-Policy"), "{id} {status}");
            assert_eq!(has("Location"), status == "201", "{id} {status}");
        }
        let parameters = operation["parameters"].as_array().into_iter().flatten();
        let names: Vec<_> = parameters.map(|parameter| parameter["name"].as_str()).collect();
        let is_conditional = names.contains(&Some("If-None-Match"));
        assert_eq!(responses.contains_key("304"), is_conditional, "{id}");
        assert_eq!(responses.contains_key("412"), names.contains(&Some("If-Match")), "{id}");
    }
}
