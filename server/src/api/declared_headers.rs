//! The headers of responses, each declared once. A handler names those of its own in `headers`;
//! `conventions` makes them references.

use utoipa::openapi::{Header, HeaderBuilder, ObjectBuilder, Ref, schema::Type};

/// The headers of every response of the API, while there are rate limits.
pub(super) const RATE_LIMITS: [&str; 2] = ["RateLimit", "RateLimit-Policy"];

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
                "For `If-None-Match`; that of a competition begins with its version, and is \
                    for `If-Match`, too",
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
                "The pages first, prev, next and last (RFC 8288); of a list that is read by \
                    cursor, next",
                "</api/competitions?page=2>; rel=\"next\"",
            ),
        ),
        (
            "Location",
            header(
                Type::String,
                "The path of what was created",
                "/api/competitions/01939c2e-7b5a-7000-8000-000000000001",
            ),
        ),
        (
            "RateLimit",
            header(
                Type::String,
                "The rate limit with the fewest requests left: `r` requests, and `t` seconds \
                    until it is whole again; in a 429 until the next request",
                "\"user-reads\";r=42;t=28",
            ),
        ),
        (
            "RateLimit-Policy",
            header(
                Type::String,
                "The rate limits of the call: `q` requests, replenished in `w` seconds",
                "\"address-reads\";q=12000;w=60, \"user-reads\";q=600;w=30",
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
        (
            "X-Total-Count",
            header(
                Type::Integer,
                "The number of items on all pages; absent in a list that is read by cursor",
                42,
            ),
        ),
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
