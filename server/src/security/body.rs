//! The body of a request: it is read here, once, within its limits, so that nothing behind this waits for a client.

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use domain::{ErrorCode, PublicError};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use super::{Limits, path, refusal::Refusal};

/// The largest body accepted, in bytes.
const MAX_BODY: usize = 256 * 1024;
/// A body as it is.
const IDENTITY: HeaderValue = HeaderValue::from_static("identity");
/// How deep JSON may be nested. Nothing of ours is deeper than three.
const MAX_DEPTH: usize = 32;

/// Refuses bodies that are too large, come too slowly, or hold JSON that is nested too deep.
pub(crate) async fn bound(State(limits): State<Limits>, request: Request, next: Next) -> Response {
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let refusal = Refusal::of(path(&request), request.headers());
    if is_encoded(request.headers()) {
        let message = "The body must be sent as it is, without Content-Encoding";
        let mut response =
            refusal.because(PublicError::new(ErrorCode::UnsupportedMediaType, message));
        // What is understood instead (RFC 9110, section 12.5.3).
        response.headers_mut().insert(header::ACCEPT_ENCODING, IDENTITY);
        return response;
    }
    let (parts, body) = request.into_parts();
    let body = match read(body, limits).await {
        Ok(body) => body,
        Err(error) => return refusal.because(error),
    };
    if is_json(&parts.headers) && depth(&body) > MAX_DEPTH {
        let message = "The body is nested deeper than 32 levels";
        return refusal.because(PublicError::new(ErrorCode::MalformedBody, message));
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

async fn read(body: Body, limits: Limits) -> Result<axum::body::Bytes, PublicError> {
    let too_large =
        || PublicError::new(ErrorCode::PayloadTooLarge, "The body is larger than 256 KiB");
    // Refused before any of it is read, if it says so itself.
    if body.size_hint().lower() > MAX_BODY as u64 {
        return Err(too_large());
    }
    match timeout(limits.body_time, Limited::new(body, MAX_BODY).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(PublicError::new(ErrorCode::MalformedBody, "The body could not be read")),
        Err(_) => Err(PublicError::new(ErrorCode::RequestTimeout, "The body came too slowly")),
    }
}

/// Whether the body was compressed by its sender: it would have to be unpacked before its size is
/// known.
fn is_encoded(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    codings.into_iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.to_ascii_lowercase().contains("json"))
}

/// How deep arrays and objects are nested in a text that may be JSON.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_text, mut escaped) = (false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b'[' | b'{' if !in_text => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_text => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_are_counted_and_text_is_not() {
        for (json, expected) in [
            ("", 0),
            (r#"{"a":[1,[2]],"b":{}}"#, 3),
            (r#""[[[[""#, 0),
            (r#"["\"[[",["\\"]]"#, 2),
            ("]]][", 1),
        ] {
            assert_eq!(depth(json.as_bytes()), expected, "{json}");
        }
    }
}
