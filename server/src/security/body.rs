//! Reads the body of a request once, within its limits, so that no handler waits for a client.

use axum::{
    body::{Body, HttpBody},
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use domain::{ErrorCode, PublicError, Role};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use service::Actor;
use tokio::time::timeout;

use crate::error_format::original_path;

use super::{
    HttpLimits, Uploads,
    rejection::Rejection,
    uploads::{self, MAX_DRAINED, MORE_TIME},
};

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
        return receive_upload(request, most, limits, &uploads, next).await;
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

/// Receives a picture. Those of organizers only: the endpoint refuses others by itself.
async fn receive_upload(
    request: Request,
    most: usize,
    limits: HttpLimits,
    uploads: &Uploads,
    next: Next,
) -> Response {
    let rejection = Rejection::of(&request);
    let actor = request.extensions().get::<Actor>();
    let organizer = actor.and_then(|actor| actor.require_writer(Role::Organizer).ok());
    let permit = organizer.map(|organizer| uploads.take(organizer.id));
    let (parts, body) = request.into_parts();
    let is_too_large = body.size_hint().lower() > most as u64;
    let permit = match permit {
        Some(Ok(permit)) if !is_too_large => permit,
        refused => {
            let refusal = match refused {
                None => None,
                Some(Ok(_)) => Some(uploads::too_large()),
                Some(Err(error)) => Some(error),
            };
            // A failure to read what is thrown away is none.
            let _ = timeout(limits.body_time, drain(body)).await;
            return match refusal {
                Some(error) => rejection.because(error),
                None => next.run(Request::from_parts(parts, Body::empty())).await,
            };
        }
    };
    let longer = HttpLimits { body_time: limits.body_time + MORE_TIME, ..limits };
    match read(body, most, longer).await {
        Ok(body) => {
            let response = next.run(Request::from_parts(parts, Body::from(body))).await;
            drop(permit);
            response
        }
        Err(error) if error.code == ErrorCode::PayloadTooLarge => {
            rejection.because(uploads::too_large())
        }
        Err(error) => rejection.because(error),
    }
}

/// Reads a body and forgets it.
async fn drain(body: Body) {
    let mut body = std::pin::pin!(Limited::new(body, MAX_DRAINED));
    while let Some(Ok(_)) = body.frame().await {}
}

/// The largest body accepted at this path, in bytes.
fn largest(path: &str) -> usize {
    if LARGE_FORMS.contains(&path) { MAX_LARGE_FORM } else { MAX_BODY }
}

async fn read(
    body: Body,
    most: usize,
    limits: HttpLimits,
) -> Result<axum::body::Bytes, PublicError> {
    let too_large = || {
        let message = format!("The body is larger than {} KiB", most / 1024);
        PublicError::new(ErrorCode::PayloadTooLarge, message)
    };
    // A declared length is checked before anything is read.
    if body.size_hint().lower() > most as u64 {
        return Err(too_large());
    }
    match timeout(limits.body_time, Limited::new(body, most).collect()).await {
        Ok(Ok(collected)) => Ok(collected.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(PublicError::new(ErrorCode::MalformedBody, "The body could not be read")),
        Err(_) => Err(PublicError::new(ErrorCode::RequestTimeout, "The body came too slowly")),
    }
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
