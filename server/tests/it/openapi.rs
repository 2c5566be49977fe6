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
    assert!(!calls.is_empty());
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
fn the_public_operations_are_those_that_need_no_token() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    let public: Vec<_> = operations(&description)
        .filter(|operation| operation["security"].as_array().unwrap().is_empty())
        .map(|operation| operation["operationId"].as_str().unwrap())
        .collect();
    assert_eq!(
        public,
        [
            "log_in",
            "log_out",
            "request_password_reset",
            "confirm_password_reset",
            "refresh_tokens",
            "sign_up",
            "verify_email_by_link",
            "list_competitions",
            "get_competition",
            "get_competition_calendar",
            "watch_seats",
            "get_seats",
            "get_health",
        ]
    );
}

#[test]
fn every_refusal_declares_its_headers_and_shows_an_example() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    for operation in operations(&description) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            if status.starts_with('2') || status == "304" {
                continue;
            }
            let response = resolve(&description, response);
            let example = &response["content"]["application/problem+json"]["example"];
            assert_eq!(example["status"].to_string(), *status, "{response}");
            assert!(example["code"].is_string(), "{response}");
            let has = |name: &str| response["headers"][name]["$ref"].is_string();
            let must_have = match status.as_str() {
                "401" => has("WWW-Authenticate"),
                "429" | "503" => has("Retry-After"),
                _ => true,
            };
            assert!(must_have, "{status} of {operation}");
        }
    }
}

#[test]
fn every_body_has_an_example_of_all_its_required_fields() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    let mut checked = 0;
    for operation in operations(&description) {
        let successes = operation["responses"].as_object().unwrap().iter();
        let successes = successes.filter(|(status, _)| status.starts_with('2'));
        let bodies = successes.map(|(_, response)| &response["content"]);
        for content in bodies.chain([&operation["requestBody"]["content"]]) {
            for media in content.as_object().into_iter().flat_map(|content| content.values()) {
                let example = &media["example"];
                assert!(!example.is_null(), "{operation}");
                let schema = resolve(&description, &media["schema"]);
                let item = if schema["type"] == "array" {
                    (resolve(&description, &schema["items"]), &example[0])
                } else {
                    (schema, example)
                };
                for name in item.0["required"].as_array().into_iter().flatten() {
                    assert!(item.1.get(name.as_str().unwrap()).is_some(), "{name} {example}");
                }
                checked += 1;
            }
        }
    }
    assert!(checked > 30);
}

#[test]
fn every_text_of_an_input_has_a_limit_or_a_format() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    for (name, schema) in schemas(&description).filter(|(name, _)| is_input(name)) {
        for (field, property) in schema["properties"].as_object().unwrap() {
            let property = choice(&description, property);
            let is_text = property["type"] == "string" || property["type"][0] == "string";
            let limits = ["minLength", "maxLength", "pattern", "enum", "format"];
            let has_limit = limits.iter().any(|limit| !property[*limit].is_null());
            assert!(!is_text || has_limit, "{name}.{field} {property}");
            let is_number = property["type"] == "integer" || property["type"][0] == "integer";
            assert!(!is_number || property["minimum"].is_number(), "{name}.{field} {property}");
        }
    }
}

/// A code that people type is no name of a kind.
fn is_typed_code(name: &str, field: &str) -> bool {
    field == "code"
        && ["AccessCodeInput", "AccessCodeUse", "EmailCodeInput", "Invitation"].contains(&name)
}

#[test]
fn every_field_of_a_kind_has_the_format_or_names_of_its_kind() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    for (name, schema) in schemas(&description) {
        for (field, property) in properties(schema) {
            let property = choice(&description, property);
            let lower = field.to_lowercase();
            let expected = if lower.ends_with("password") {
                "password"
            } else if lower == "email" && is_input(name) {
                "email"
            } else if lower == "url" {
                "uri"
            } else if field == "id" && name != "SeatsEvent"
                || field.ends_with("Id") && field != "messageId"
            {
                "uuid"
            } else if field.ends_with("At") || field.ends_with("Date") {
                "date-time"
            } else {
                if ["status", "role", "sort", "code"].contains(&field)
                    && name != "ProblemDetails"
                    && !is_typed_code(name, field)
                {
                    assert!(property["enum"].is_array(), "{name}.{field} {property}");
                }
                continue;
            };
            assert_eq!(property["format"], expected, "{name}.{field} {property}");
        }
    }
}

#[test]
fn every_field_of_a_response_is_required_unless_it_is_sometimes_left_out() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    let mut optional = Vec::new();
    for (name, schema) in schemas(&description).filter(|(name, _)| !is_input(name)) {
        let parts = schema["allOf"].as_array().into_iter().flatten().chain([schema]);
        let required: Vec<_> =
            parts.flat_map(|part| part["required"].as_array().into_iter().flatten()).collect();
        let fields = properties(schema).map(|(field, _)| field);
        let missing = fields.filter(|field| !required.iter().any(|name| *name == field));
        optional.extend(missing.map(|field| format!("{name}.{field}")));
    }
    let expected = [
        "Checks.redis",
        "ProblemDetails.errors",
        "ProblemDetails.idempotencyKey",
        "ProblemDetails.registrationId",
        "SeatsEvent.retry",
    ];
    assert_eq!(optional, expected);
}

#[test]
fn every_parameter_has_its_limits_and_its_default() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    for operation in operations(&description) {
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            let schema = &parameter["schema"];
            let target = resolve(&description, schema);
            match parameter["name"].as_str().unwrap() {
                "id" | "organizerId" => assert_eq!(target["format"], "uuid", "{parameter}"),
                "page" | "limit" => {
                    assert!(schema["default"].is_number(), "{parameter}");
                    assert_eq!(schema["minimum"], 1, "{parameter}");
                    assert!(schema["maximum"].is_number(), "{parameter}");
                }
                "sort" => {
                    assert!(schema["default"].is_string(), "{parameter}");
                    assert!(target["enum"].is_array(), "{parameter}");
                }
                "status" => assert!(target["enum"].is_array(), "{parameter}"),
                // Any text is a tag that no response has.
                "If-None-Match" => {}
                _ => {
                    let has_limit = ["maxLength", "pattern", "enum", "maximum", "format"];
                    let has_limit = has_limit.iter().any(|limit| !target[*limit].is_null());
                    assert!(has_limit, "{parameter}");
                }
            }
        }
    }
}

#[test]
fn every_link_leads_to_an_operation() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    let ids: HashSet<_> =
        operations(&description).map(|operation| &operation["operationId"]).collect();
    let mut targets = HashSet::new();
    for operation in operations(&description) {
        for response in operation["responses"].as_object().unwrap().values() {
            for link in response["links"].as_object().into_iter().flat_map(|links| links.values()) {
                assert!(ids.contains(&link["operationId"]), "{link}");
                targets.insert(link["operationId"].as_str().unwrap());
            }
        }
    }
    for id in ["get_competition", "edit_competition", "cancel_competition", "register"] {
        assert!(targets.contains(id), "no link leads to {id}");
    }
}

fn operations(description: &Value) -> impl Iterator<Item = &Value> {
    let paths = description["paths"].as_object().unwrap().values();
    paths.flat_map(|path| path.as_object().unwrap().values())
}

fn schemas(description: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let schemas = description["components"]["schemas"].as_object().unwrap().iter();
    schemas.map(|(name, schema)| (name.as_str(), schema))
}

fn is_input(name: &str) -> bool {
    is_closed_input(name) || name == "RegistrationInput"
}

/// Whether a body with a field that the schema does not have is refused.
fn is_closed_input(name: &str) -> bool {
    name.ends_with("Input") || name.ends_with("Patch")
}

/// The fields of a schema, also of its own part of a composition.
fn properties(schema: &Value) -> impl Iterator<Item = (&str, &Value)> {
    let parts = schema["allOf"].as_array().into_iter().flatten().chain([schema]);
    let fields = parts.flat_map(|part| part["properties"].as_object().into_iter().flatten());
    fields.map(|(name, property)| (name.as_str(), property))
}

/// The target of a reference, or the value itself.
fn resolve<'a>(description: &'a Value, part: &'a Value) -> &'a Value {
    part["$ref"]
        .as_str()
        .map_or(part, |reference| description.pointer(reference.trim_start_matches('#')).unwrap())
}

/// The schema of a field that may be null, without the null.
fn choice<'a>(description: &'a Value, property: &'a Value) -> &'a Value {
    let choices = property["oneOf"].as_array().into_iter().flatten();
    let choice = choices.into_iter().find(|choice| choice["type"] != "null");
    resolve(description, choice.unwrap_or(property))
}

#[test]
fn every_input_refuses_unknown_fields() {
    let description: Value = serde_json::from_str(&server::openapi()).unwrap();
    let inputs: Vec<_> = schemas(&description).filter(|(name, _)| is_closed_input(name)).collect();
    assert!(!inputs.is_empty());
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
