//! Entity tags of competitions: the version, and a hash of the whole representation.
//!
//! `If-Match` compares the version only (see [`IfMatch`]): a registration changes the tag, and does
//! not make an edit fail.

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

/// Adds the entity tag of a competition to a response that shows it.
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
    let hash = hex::encode(&Sha256::digest(shown)[..HASH]);
    format!("\"{}-{hash}\"", competition.version)
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
