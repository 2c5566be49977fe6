//! Examples of bodies in the description, composed of the examples of their fields.

use serde_json::{Map, Value, json};

/// An example of a body with this schema, which may refer to `schemas` by name.
pub(super) fn compose(schema: &Value, schemas: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or_default();
        return compose(&schemas[name], schemas);
    }
    let given = [schema.get("example"), schema["examples"].get(0), schema["enum"].get(0)];
    if let Some(given) = given.into_iter().flatten().next() {
        return given.clone();
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let parts = parts.iter().map(|part| compose(part, schemas));
        let members =
            parts.filter_map(|part| if let Value::Object(own) = part { Some(own) } else { None });
        return Value::Object(members.flatten().collect());
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let choice = choices.iter().find(|choice| choice["type"] != "null");
        return choice.map_or(Value::Null, |choice| compose(choice, schemas));
    }
    // The other type of a list is "null".
    match schema["type"].as_str().or_else(|| schema["type"][0].as_str()) {
        Some("object") => {
            let empty = Map::new();
            let properties = schema["properties"].as_object().unwrap_or(&empty);
            let members = properties.iter();
            members.map(|(name, part)| (name.clone(), compose(part, schemas))).collect()
        }
        Some("array") => json!([compose(&schema["items"], schemas)]),
        Some("boolean") => json!(false),
        Some("integer") => json!(1),
        _ => json!("text"),
    }
}
