//! Completes the description of each operation by what is true of all of them.
//!
//! A handler declares only what is its own. What every request can meet on its way to a handler
//! (`router.rs`: rate limits, cross-site requests, tokens, the body's limits, the time limit) is
//! declared here, so that no operation forgets it.

use std::collections::BTreeSet;

use axum::http::header::IF_NONE_MATCH;
use serde::Serialize;
use serde_json::Value;
use utoipa::{
    IntoResponses,
    openapi::{
        Content, OpenApi, RefOr, Required, Response, Schema,
        path::{Operation, ParameterIn},
        request_body::RequestBody,
        schema::AdditionalProperties,
    },
};

use super::{
    declared_headers, examples, links,
    operations::operations,
    responses::{
        self, BodyTooLarge, Busy, CrossSite, InvalidRequest, KeyInFlight, KeyReused, NotModified,
        Overloaded, TooManyRequests, Unauthorized, UnsupportedBody, WriteScope,
    },
};
use crate::headers::IDEMPOTENCY_KEY;

/// Completes every operation, and declares the responses and headers that they refer to.
pub(super) fn complete(description: &mut OpenApi) {
    links::add(description);
    let mut problems = BTreeSet::new();
    for item in description.paths.paths.values_mut() {
        for (reads, operation) in operations(item) {
            complete_operation(operation, reads);
            let responses = operation.responses.responses.values();
            problems.extend(responses.filter_map(|response| match response {
                RefOr::Ref(reference) => Some(name(&reference.ref_location)),
                RefOr::T(_) => None,
            }));
        }
    }
    let components = description.components.get_or_insert_default();
    let declared = responses::declared().into_iter().chain([NotModified::declared()]);
    let problems = declared.filter(|(name, _)| problems.contains(*name));
    components.responses.extend(problems.map(|(name, problem)| (name.into(), problem.into())));
    let headers = declared_headers::declared().into_iter();
    components.headers.extend(headers.map(|(name, header)| (name.into(), header.into())));
    let schemas = to_json(&components.schemas);
    for (_, operation) in description.paths.paths.values_mut().flat_map(operations) {
        add_examples(operation, &schemas);
    }
    for (name, schema) in &mut components.schemas {
        if let RefOr::T(Schema::Object(object)) = schema
            && (name.ends_with("Input") || name.ends_with("Patch"))
        {
            // Every input refuses fields that it does not know, also inside another. The body of a
            // registration is none: clients of the first version send anything.
            object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

fn complete_operation(operation: &mut Operation, reads: bool) {
    let is_public = operation.security.is_none();
    // An empty list says that no token is needed.
    operation.security.get_or_insert_default();
    let has_input = |place| has_parameter(operation, |parameter, _| *parameter == place);
    // Names of headers are compared without case.
    let is_revalidated = has_parameter(operation, |_, name| IF_NONE_MATCH == *name);
    let has_key = has_parameter(operation, |_, name| IDEMPOTENCY_KEY == *name);
    let is_checked = !reads || has_input(ParameterIn::Query) || has_input(ParameterIn::Header);
    if is_checked {
        add::<InvalidRequest>(operation);
    }
    if !is_public {
        add::<Unauthorized>(operation);
    }
    if is_revalidated {
        add::<NotModified>(operation);
        if let Some(RefOr::T(success)) = operation.responses.responses.get_mut("200") {
            add_header(success, "ETag");
        }
    }
    if has_key {
        add::<KeyInFlight>(operation);
        add::<KeyReused>(operation);
    }
    if reads {
        add::<Overloaded>(operation);
    } else {
        if !is_public {
            add::<WriteScope>(operation);
        }
        // The body of any request is read within its limits, also where it is ignored.
        add::<CrossSite>(operation);
        add::<BodyTooLarge>(operation);
        add::<UnsupportedBody>(operation);
        add::<Busy>(operation);
    }
    add::<TooManyRequests>(operation);
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        refuse_null(body);
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            declared_headers::RATE_LIMITS.iter().for_each(|name| add_header(response, name));
            refer_to_headers(response);
        }
    }
}

fn add_header(response: &mut Response, name: &str) {
    let header = RefOr::Ref(declared_headers::reference(name));
    response.headers.insert(name.to_owned(), header);
}

fn has_parameter(operation: &Operation, is: impl Fn(&ParameterIn, &str) -> bool) -> bool {
    operation.parameters.iter().flatten().any(|parameter| match parameter {
        RefOr::T(parameter) => is(&parameter.parameter_in, &parameter.name),
        RefOr::Ref(_) => false,
    })
}

/// Adds a response, unless the operation has declared one of its own for the status.
fn add<R: IntoResponses>(operation: &mut Operation) {
    for (status, response) in R::responses() {
        operation.responses.responses.entry(status).or_insert(response);
    }
}

/// Replaces the headers that a handler has named by references to their declaration.
fn refer_to_headers(response: &mut Response) {
    for (name, header) in &mut response.headers {
        *header = RefOr::Ref(declared_headers::reference(name));
    }
}

/// Adds an example to each body that has none.
fn add_examples(operation: &mut Operation, schemas: &Value) {
    let example = |content: &mut RefOr<Content>| {
        if let RefOr::T(Content { example: example @ None, schema: Some(schema), .. }) = content {
            *example = Some(examples::compose(&to_json(schema), schemas));
        }
    };
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.content.values_mut().for_each(example);
        }
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        body.content.values_mut().for_each(example);
    }
}

/// A part of the description as JSON.
fn to_json<T: Serialize>(part: &T) -> Value {
    serde_json::to_value(part).expect("a description is plain JSON")
}

/// An optional body is absent, never `null`.
fn refuse_null(body: &mut RequestBody) {
    for content in body.content.values_mut() {
        if let RefOr::T(content) = content
            && let Some(RefOr::T(Schema::OneOf(either))) = &mut content.schema
        {
            either.items.retain(|item| matches!(item, RefOr::Ref(_)));
            content.schema = either.items.pop();
            body.required = Some(Required::False);
        }
    }
}

/// The last part of a reference.
fn name(reference: &str) -> String {
    reference.rsplit('/').next().unwrap_or_default().to_owned()
}
