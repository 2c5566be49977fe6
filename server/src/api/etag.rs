//! Entity tags of competitions: the version, and a hash of all that is shown.
//!
//! `If-Match` looks at the version alone (see [`IfMatch`]): a seat that was taken meanwhile makes
//! another tag and does not stand in the way of an edit.

use std::fmt::Write as _;

use axum::{
    extract::FromRequestParts,
    http::{HeaderValue, header, request::Parts},
    response::Response,
};
use domain::{Competition, IfMatch, InvalidIfMatch, Organizer};
use sha2::{Digest, Sha256};

use crate::problem::Problem;

/// Bytes of the hash in a tag: enough to tell the states of one competition apart.
const HASH: usize = 8;

/// Adds the entity tag of a competition to an answer that shows it.
pub(super) fn tag(
    mut response: Response,
    competition: &Competition,
    organizer: &Organizer,
) -> Response {
    if let Ok(value) = HeaderValue::try_from(entity_tag(competition, organizer)) {
        response.headers_mut().insert(header::ETAG, value);
    }
    response
}

fn entity_tag(competition: &Competition, organizer: &Organizer) -> String {
    let shown = serde_json::to_vec(&(competition, organizer)).unwrap_or_default();
    let mut tag = format!("\"{}-", competition.version);
    for byte in Sha256::digest(shown).into_iter().take(HASH) {
        // Writing to a string cannot fail.
        let _ = write!(tag, "{byte:02x}");
    }
    tag.push('"');
    tag
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
