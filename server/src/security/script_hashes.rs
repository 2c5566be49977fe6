//! The policy of a page that many visitors share: it names the hashes of its scripts
//! (<https://www.w3.org/TR/CSP3/#external-hash>, section 6.7.3.3).
//!
//! A nonce must be another one in each response, so that a page with one could neither be shared
//! nor be compressed once for all. A hash allows its script in every response, and no other script.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    middleware::Next,
    response::Response,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use memchr::memmem;
use sha2::{Digest, Sha256};

use super::content_security_policy;
use crate::is_shared::IsShared;

/// Replaces the nonce of a shared page by the hashes of the scripts that carry it.
pub(crate) async fn allow_by_hash(request: Request, next: Next) -> Response {
    let is_shared = request.extensions().get::<IsShared>().is_some();
    let response = next.run(request).await;
    match content_security_policy::nonce(response.headers()).filter(|_| is_shared) {
        Some(nonce) => with_hashes(response, &nonce).await,
        None => response,
    }
}

async fn with_hashes(response: Response, nonce: &str) -> Response {
    let (mut parts, body) = response.into_parts();
    // The whole page is rendered already: reading it does not fail.
    let html = to_bytes(body, usize::MAX).await.unwrap_or_default();
    let (html, hashes) = without_nonce(&html, nonce);
    content_security_policy::replace_nonce(&mut parts.headers, nonce, &hashes);
    Response::from_parts(parts, Body::from(html))
}

/// The page with scripts that do not carry the nonce, and the hashes of those that are inline.
fn without_nonce(html: &[u8], nonce: &str) -> (Vec<u8>, Vec<String>) {
    let attribute = format!(" nonce=\"{nonce}\"");
    let (mut replaced, mut hashes) = (Vec::with_capacity(html.len()), Vec::new());
    let mut from = 0;
    for at in memmem::find_iter(html, &attribute) {
        replaced.extend_from_slice(&html[from..at]);
        from = at + attribute.len();
        let script = inline_script(&html[from..]).filter(|script| !script.is_empty());
        let hash = script.map(|script| BASE64_STANDARD.encode(Sha256::digest(script)));
        hashes.extend(hash.filter(|hash| !hashes.contains(hash)));
    }
    replaced.extend_from_slice(&html[from..]);
    (replaced, hashes)
}

/// The text of a script, from somewhere within its start tag. The values of its attributes have no
/// `>` in them.
fn inline_script(html: &[u8]) -> Option<&[u8]> {
    let begin = memchr::memchr(b'>', html)? + 1;
    let length = memmem::find(&html[begin..], b"</script")?;
    Some(&html[begin..begin + length])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The hashes of `x` and of `y`.
    const X: &str = "LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE=";
    const Y: &str = "ofzkNjhU/4iM/0uOeHXWAMJoI5BBKoz3mzfQsRFIsPo=";

    #[test]
    fn each_script_with_the_nonce_is_allowed_by_its_hash() {
        let page = b"<script nonce=\"ab\">x</script><p>ab</p>\
            <script type=\"module\" nonce=\"ab\" defer>y</script><script nonce=\"ab\">x</script>\
            <script src=\"/z\" nonce=\"ab\"></script>";
        let (html, hashes) = without_nonce(page, "ab");
        let expected = "<script>x</script><p>ab</p><script type=\"module\" defer>y</script>\
            <script>x</script><script src=\"/z\"></script>";
        assert_eq!(String::from_utf8(html).unwrap(), expected);
        assert_eq!(hashes, [X, Y]);
    }

    #[test]
    fn a_script_without_the_nonce_is_not_allowed() {
        let (html, hashes) = without_nonce(b"<script>x</script><script nonce=\"cd\">y", "ab");
        assert_eq!(html, b"<script>x</script><script nonce=\"cd\">y");
        assert!(hashes.is_empty());
    }
}
