//! Entity tags of responses that anyone may store (RFC 9110, section 8.8.3).

use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, header};
use sha2::{Digest, Sha256};

use crate::headers::X_TOTAL_COUNT;

/// Bytes of the hash in a tag: enough to tell the states of one resource apart.
const HASH: usize = 8;
/// The codings of compressed responses.
pub(crate) const CODINGS: [&str; 3] = ["gzip", "br", "zstd"];
/// Public responses may be stored by anyone, and are revalidated before each use: seats change all
/// the time.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// The hash of the parts of a representation.
pub(crate) fn hash(parts: &[&[u8]]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hex::encode(&hasher.finalize()[..HASH])
}

/// The headers of a public response with this body: an entity tag, unless it has one, and how it
/// may be cached.
pub(crate) fn make_revalidatable(headers: &mut HeaderMap, body: &[u8]) {
    if !headers.contains_key(header::ETAG) {
        // A list can stay as it is while what its headers say about its other pages changes.
        let value = |name: &HeaderName| headers.get(name).map_or(&b""[..], HeaderValue::as_bytes);
        let tag = hash(&[body, b"\n", value(&X_TOTAL_COUNT), b"\n", value(&header::LINK)]);
        insert(headers, format!("\"{tag}\""));
    }
    headers.insert(header::CACHE_CONTROL, REVALIDATE);
    // Compression would add it to a 200 only.
    headers.insert(header::VARY, header::ACCEPT_ENCODING.into());
}

/// Adds a tag that consists of visible ASCII characters.
pub(crate) fn insert(headers: &mut HeaderMap, tag: String) {
    headers.insert(header::ETAG, HeaderValue::try_from(tag).expect("hexadecimal digits"));
}

/// Gives a compressed response a tag of its own.
pub(crate) fn tell_codings_apart<B>(mut response: Response<B>) -> Response<B> {
    let headers = response.headers_mut();
    if let Some(coding) = headers.get(header::CONTENT_ENCODING)
        && let Some(tag) = headers.get(header::ETAG)
        && let (Ok(coding), Ok(tag)) = (coding.to_str(), tag.to_str())
        && CODINGS.contains(&coding)
        && let Some(opaque) = tag.strip_prefix('"').and_then(|tag| tag.strip_suffix('"'))
    {
        let tag = format!("\"{opaque}-{coding}\"");
        headers.insert(header::ETAG, HeaderValue::try_from(tag).expect("two parts of headers"));
    }
    response
}

#[cfg(test)]
mod tests {
    use axum::response::IntoResponse;

    use super::*;

    #[test]
    fn each_coding_has_a_tag_of_its_own() {
        let tag = |tag: &'static str, coding: &'static str| {
            let headers = [(header::ETAG, tag), (header::CONTENT_ENCODING, coding)];
            tell_codings_apart((headers, "body").into_response()).headers()[header::ETAG].clone()
        };
        assert_eq!(tag("\"3-ab\"", "gzip"), "\"3-ab-gzip\"");
        assert_eq!(tag("\"3-ab\"", "br"), "\"3-ab-br\"");
        assert_eq!(tag("\"3-ab\"", "zstd"), "\"3-ab-zstd\"");
        assert_eq!(tag("\"3-ab\"", "identity"), "\"3-ab\"");
        assert_eq!(tag("W/\"ab\"", "gzip"), "W/\"ab\"");
    }
}
