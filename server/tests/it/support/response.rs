//! Responses, and their snapshots with everything that clients may rely on.

use axum::{
    body::{Body, Bytes},
    http::{self, HeaderMap, StatusCode},
};
use http_body_util::BodyExt;
use insta::{Settings, internals::Content};
use serde_json::{Value, json};
use uuid::Uuid;

/// The headers that clients rely on.
const SHOWN: [&str; 6] =
    ["content-type", "idempotency-replayed", "link", "location", "retry-after", "www-authenticate"];
const COUNT: &str = "x-total-count";
const ETAG: &str = "etag";

#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) text: String,
    pub(crate) bytes: Bytes,
}

impl Response {
    pub(crate) async fn read(response: http::Response<Body>) -> Self {
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("a body").to_bytes();
        // A picture is no text.
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Self { status: parts.status, headers: parts.headers, text, bytes }
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// The message of a problem.
    pub(crate) fn message(&self) -> Value {
        self.json()["message"].clone()
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }

    fn shown(&self) -> Value {
        let headers = SHOWN.iter().chain([&COUNT]);
        let headers: serde_json::Map<String, Value> = headers
            .filter_map(|name| Some(((*name).to_owned(), without_id(self.header(name)?).into())))
            .collect();
        let tag = self.header(ETAG).map(|tag| (ETAG.to_owned(), shape_of_tag(tag).into()));
        let headers: serde_json::Map<String, Value> = headers.into_iter().chain(tag).collect();
        let mut body = if self.text.is_empty() { Value::Null } else { self.json() };
        // Redis is used with PostgreSQL only.
        if let Some(checks) = body.get_mut("checks").and_then(Value::as_object_mut)
            && let Some(redis) = checks.remove("redis")
        {
            assert_eq!(redis, "ok");
        }
        json!({ "status": self.status.as_u16(), "headers": headers, "body": body })
    }
}

/// A path without the id at its end, which differs each time.
fn without_id(value: &str) -> String {
    match value.rsplit_once('/') {
        Some((folder, id)) if Uuid::parse_str(id).is_ok() => format!("{folder}/[uuid]"),
        _ => value.to_owned(),
    }
}

/// An entity tag without its hash, which differs each time.
fn shape_of_tag(tag: &str) -> String {
    let hash = tag.trim_matches('"').rsplit('-').next().unwrap_or_default();
    assert!(hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()), "{tag}");
    tag.replace(hash, "[hash]")
}

/// Compares a response with its snapshot. Ids and tokens differ each time, so only their format is
/// checked.
pub(crate) fn snapshot(name: &str, response: &Response) {
    let mut settings = Settings::clone_current();
    settings.set_snapshot_path("../snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_sort_maps(true);
    for id in ["id", "userId", "competitionId", "organizerId", "registrationId"] {
        settings.add_dynamic_redaction(&format!(".**.{id}"), |value, _| {
            let text = value.as_str().expect("an id is text");
            let id = Uuid::parse_str(text).expect("an id is a UUID");
            assert_eq!(id.get_version_num(), 7, "ids are UUIDv7");
            Content::from("[uuid]")
        });
    }
    settings.add_dynamic_redaction(".**.token", |value, _| {
        let token = value.as_str().expect("a token is text");
        if token.starts_with("mcpat_") {
            assert_eq!(token.len(), 78, "256 bits in hexadecimal, and a checksum");
            return Content::from("[personal access token]");
        }
        assert_eq!(token.split('.').count(), 3, "a token has three parts");
        Content::from("[jwt]")
    });
    settings.add_dynamic_redaction(".**.refreshToken", |value, _| {
        let token = value.as_str().expect("a token is text");
        assert_eq!(token.len(), 64, "256 bits in hexadecimal");
        Content::from("[refresh token]")
    });
    settings.bind(|| insta::assert_json_snapshot!(name, response.shown()));
}
