//! Reads the body of a request once, within its limits, so that no handler waits for a client.

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use domain::{ErrorCode, PublicError};

use super::{HttpLimits, Uploads, read_body::read, rejection::Rejection, uploads};
use crate::error_format::original_path;

/// The largest body accepted, in bytes.
pub(crate) const MAX_BODY: usize = 256 * 1024;
/// The same for forms with many long texts; a character has up to twelve bytes in a form. Those of
/// a competition send four texts of 10,000 characters, each with the text that the form was opened
/// with; those of its questions 20 with 50 options each, or 20 answers.
const MAX_LARGE_FORM: usize = 1024 * 1024;
/// The addresses of these forms.
const LARGE_FORMS: [&str; 6] = [
    "/fn/create_competition",
    "/fn/edit_competition",
    "/fn/save_questions",
    "/fn/register_with_answers",
    "/fn/change_answers",
    "/fn/correct_answers",
];
/// No content coding.
const IDENTITY: HeaderValue = HeaderValue::from_static("identity");
/// The deepest nesting of JSON. No input of the API needs more than three levels.
pub(crate) const MAX_DEPTH: usize = 32;

/// The limits of bodies.
#[derive(Clone, Debug)]
pub(crate) struct BodyLimits {
    pub(crate) limits: HttpLimits,
    pub(crate) uploads: Uploads,
}

/// Rejects bodies that are too large, too slow, compressed, or JSON nested too deep.
pub(crate) async fn bound(
    State(BodyLimits { limits, uploads }): State<BodyLimits>,
    request: Request,
    next: Next,
) -> Response {
    let is_form = !request.method().is_safe() && uploads::is_form(original_path(&request));
    // The reader of such forms panics without a boundary.
    if is_form && !uploads::has_boundary(request.headers()) {
        let message = "The body must be a form, with Content-Type: multipart/form-data";
        let error = PublicError::new(ErrorCode::UnsupportedMediaType, message);
        return Rejection::of(&request).because(error);
    }
    if request.body().is_end_stream() {
        return next.run(request).await;
    }
    let rejection = Rejection::of(&request);
    if is_encoded(request.headers()) {
        let message = "The body must be sent as it is, without Content-Encoding";
        let mut response =
            rejection.because(PublicError::new(ErrorCode::UnsupportedMediaType, message));
        // The codings that are accepted (RFC 9110, section 12.5.3).
        response.headers_mut().insert(header::ACCEPT_ENCODING, IDENTITY);
        return response;
    }
    if let Some(most) = uploads::largest(&request) {
        return uploads::receive(request, most, limits, &uploads, next).await;
    }
    let (parts, body) = request.into_parts();
    let most = largest(parts.uri.path());
    let body = match read(body, most, limits).await {
        Ok(body) => body,
        Err(error) => return rejection.because(error),
    };
    if is_json(&parts.headers) && depth(&body) > MAX_DEPTH {
        let message = "The body is nested deeper than 32 levels";
        return rejection.because(PublicError::new(ErrorCode::MalformedBody, message));
    }
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// The largest body accepted at this path, in bytes.
fn largest(path: &str) -> usize {
    if LARGE_FORMS.contains(&path) { MAX_LARGE_FORM } else { MAX_BODY }
}

/// Whether the body is compressed. Its size would be known only after decompression.
fn is_encoded(headers: &HeaderMap) -> bool {
    let codings = headers.get_all(header::CONTENT_ENCODING).iter();
    codings.into_iter().any(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

fn is_json(headers: &HeaderMap) -> bool {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| value.to_ascii_lowercase().contains("json"))
}

/// The nesting depth of arrays and objects in a text that may be invalid JSON.
fn depth(json: &[u8]) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_depth_counts_brackets_outside_of_strings() {
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
