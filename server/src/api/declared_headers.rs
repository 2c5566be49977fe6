//! The headers of responses, each declared once. A handler names those of its own in `headers`;
//! `conventions` makes them references.

use utoipa::openapi::{Header, HeaderBuilder, ObjectBuilder, Ref, schema::Type};

/// Every header that the description has, by its name.
pub(super) fn declared() -> Vec<(&'static str, Header)> {
    vec![
        (
            "Content-Disposition",
            header(Type::String, "A name for the file", "attachment; filename=\"x.csv\""),
        ),
        (
            "ETag",
            header(
                Type::String,
                "For `If-Match`; begins with the version",
                "\"3-0f1e2d3c4b5a6978\"",
            ),
        ),
        (
            "Idempotency-Replayed",
            header(Type::String, "`true` for a stored response to a retry", "true"),
        ),
        (
            "Link",
            header(
                Type::String,
                "The pages first, prev, next and last (RFC 8288)",
                "</api/competitions?page=2>; rel=\"next\"",
            ),
        ),
        ("Retry-After", header(Type::Integer, "Seconds after which a retry may succeed", 1)),
        (
            "WWW-Authenticate",
            header(
                Type::String,
                "The scheme, and what is wrong with the token (RFC 6750)",
                "Bearer error=\"invalid_token\"",
            ),
        ),
        ("X-Total-Count", header(Type::Integer, "The number of items on all pages", 42)),
    ]
}

fn header(schema: Type, description: &str, example: impl Into<serde_json::Value>) -> Header {
    HeaderBuilder::new()
        .schema(Some(ObjectBuilder::new().schema_type(schema).build()))
        .description(Some(description))
        .example(Some(example.into()))
        .build()
}

/// A reference to a declared header.
pub(super) fn reference(name: &str) -> Ref {
    Ref::new(format!("#/components/headers/{name}"))
}
