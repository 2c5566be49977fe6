//! Entity tags (RFC 9110, section 8.8.3) and the conditions on them.
//!
//! The tag of a competition is its version, and a hash of the whole representation. `If-Match`
//! compares the version only (see [`IfMatch`]): a registration changes the tag, and does not make
//! an edit fail. The tags of other public reads are a hash.
//!
//! Tags are strong. A compressed response has other bytes, so its tag has the coding at its end:
//! `"3-0f1e2d3c4b5a6978-gzip"`. A calendar file has the time at which it was made in it, and a weak
//! tag.

use axum::{
    body::Body,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use domain::{Competition, IfMatch, InvalidIfMatch, Organizer};
use serde::Serialize;

use crate::{
    entity_tag::{self, CODINGS},
    problem::Problem,
};

/// Headers about the content, which a 304 does not have (RFC 9110, section 15.4.5).
const CONTENT: [HeaderName; 4] = [
    header::CONTENT_TYPE,
    header::CONTENT_LENGTH,
    header::CONTENT_ENCODING,
    header::CONTENT_DISPOSITION,
];

/// Adds the entity tag of a competition to a response that shows it.
pub(super) fn tag(
    mut response: Response,
    competition: &Competition,
    organizer: &Organizer,
) -> Response {
    if let Ok(value) = HeaderValue::try_from(tag_of(competition, organizer)) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

fn tag_of(competition: &Competition, organizer: &Organizer) -> String {
    let shown = serde_json::to_vec(&(competition, organizer)).unwrap_or_default();
    format!("\"{}-{}\"", competition.version, entity_tag::hash(&[&shown]))
}

/// A public JSON response that can be revalidated.
pub(super) fn json(value: &impl Serialize) -> Response {
    match serde_json::to_vec(value) {
        Ok(body) => {
            let mut response = [(header::CONTENT_TYPE, "application/json")].into_response();
            entity_tag::make_revalidatable(response.headers_mut(), &body);
            *response.body_mut() = body.into();
            response
        }
        // The response of axum for a value that cannot be serialized.
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Makes a public response revalidatable by a weak tag, that of the `lines` that say something.
pub(super) fn weak<'a>(
    mut response: Response,
    lines: impl IntoIterator<Item = &'a str>,
) -> Response {
    let lines: Vec<&[u8]> = lines.into_iter().map(str::as_bytes).collect();
    let headers = response.headers_mut();
    entity_tag::insert(headers, format!("W/\"{}\"", entity_tag::hash(&lines)));
    entity_tag::make_revalidatable(headers, &[]);
    response
}

/// A response that only its client may see, and nobody may store.
pub(super) fn unshared(mut response: Response) -> Response {
    let no_store = HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, no_store);
    response
}

/// The `If-None-Match` header (RFC 9110, section 13.1.2). A malformed one matches nothing.
pub(super) struct IfNoneMatch(Vec<HeaderValue>);

impl<S: Send + Sync> FromRequestParts<S> for IfNoneMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(Self(parts.headers.get_all(header::IF_NONE_MATCH).iter().cloned().collect()))
    }
}

impl IfNoneMatch {
    /// The response, or 304 if the client has it already.
    pub(super) fn answer(&self, response: Response) -> Response {
        if self.0.is_empty() || response.status() != StatusCode::OK {
            return response;
        }
        let Some(tag) = self.stored(response.headers()) else { return response };
        let (mut parts, _) = response.into_parts();
        parts.status = StatusCode::NOT_MODIFIED;
        for name in CONTENT {
            parts.headers.remove(name);
        }
        parts.headers.insert(header::ETAG, tag);
        Response::from_parts(parts, Body::empty())
    }

    /// The tag of the stored response that is current, compared weakly.
    fn stored(&self, headers: &HeaderMap) -> Option<HeaderValue> {
        let current = headers.get(header::ETAG)?;
        let opaque = |tag: &str| -> Option<String> {
            let tag = tag.strip_prefix("W/").unwrap_or(tag);
            Some(tag.strip_prefix('"')?.strip_suffix('"')?.to_owned())
        };
        let wanted = opaque(current.to_str().ok()?)?;
        let texts = self.0.iter().filter_map(|value| value.to_str().ok());
        // No tag of this server has a comma in it.
        let tags = texts.flat_map(|text| text.split(',')).map(str::trim);
        for tag in tags {
            if tag == "*" {
                return Some(current.clone());
            }
            let Some(known) = opaque(tag) else { continue };
            if known == wanted {
                return Some(current.clone());
            }
            let coded = known.rsplit_once('-');
            if coded.is_some_and(|(tag, coding)| tag == wanted && CODINGS.contains(&coding)) {
                return HeaderValue::try_from(format!("\"{known}\"")).ok();
            }
        }
        None
    }
}

/// The `If-Match` header, if there is one.
pub(super) struct OptionalIfMatch(pub(super) Option<IfMatch>);

impl<S: Send + Sync> FromRequestParts<S> for OptionalIfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let values = parts.headers.get_all(header::IF_MATCH);
        let texts: Result<Vec<_>, _> = values.iter().map(|value| value.to_str()).collect();
        let invalid = || Problem::from(domain::PublicError::from(InvalidIfMatch));
        let texts = texts.map_err(|_| invalid())?;
        if texts.is_empty() {
            return Ok(Self(None));
        }
        // A list may be sent in several headers.
        texts.join(",").parse().map(|condition| Self(Some(condition))).map_err(|_| invalid())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(tag: &'static str, if_none_match: &[&'static str]) -> Response {
        let condition = if_none_match.iter().map(|value| HeaderValue::from_static(value));
        let response = ([(header::ETAG, tag)], "body").into_response();
        IfNoneMatch(condition.collect()).answer(response)
    }

    #[test]
    fn a_known_tag_is_answered_with_304_and_the_same_tag() {
        for (known, tag) in [
            (&["\"3-ab\""][..], "\"3-ab\""),
            (&["W/\"3-ab\""], "\"3-ab\""),
            (&["*"], "\"3-ab\""),
            (&["\"x\", \"3-ab\""], "\"3-ab\""),
            (&["\"x\"", "\"3-ab\""], "\"3-ab\""),
            (&["\"3-ab-gzip\""], "\"3-ab-gzip\""),
            (&["W/\"3-ab-br\""], "\"3-ab-br\""),
        ] {
            let response = answer("\"3-ab\"", known);
            assert_eq!(response.status(), StatusCode::NOT_MODIFIED, "{known:?}");
            assert_eq!(response.headers()[header::ETAG], tag, "{known:?}");
            assert!(!response.headers().contains_key(header::CONTENT_TYPE));
        }
        assert_eq!(answer("W/\"ab\"", &["\"ab\""]).status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn another_or_a_malformed_tag_is_answered_with_the_body() {
        for other in ["", "3-ab", "\"3-ab", "\"3\"", "\"3-ab-zip\"", "\"4-ab\", \"3-cd\"", "**"] {
            assert_eq!(answer("\"3-ab\"", &[other]).status(), StatusCode::OK, "{other}");
        }
        assert_eq!(answer("\"3-ab\"", &[]).status(), StatusCode::OK);
    }
}
