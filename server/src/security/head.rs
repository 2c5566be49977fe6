//! The size of what comes before the body. What is a little too large is told so; what is far too large hyper refuses
//! with the same status and no words (`listen.rs`).

use axum::{extract::Request, middleware::Next, response::Response};
use domain::{ErrorCode, PublicError};

use super::{path, refusal::Refusal};

/// The longest address, in bytes.
const MAX_URI: usize = 8 * 1024;
/// All header lines together, in bytes.
const MAX_HEADERS: usize = 32 * 1024;

/// Refuses addresses and headers that are too large.
pub(crate) async fn bound(request: Request, next: Next) -> Response {
    let uri = request.uri().path_and_query().map_or(0, |uri| uri.as_str().len());
    let headers = request.headers().iter();
    let headers: usize = headers.map(|(name, value)| name.as_str().len() + value.len()).sum();
    let error = if uri > MAX_URI {
        PublicError::new(ErrorCode::UriTooLong, "The address is longer than 8 KiB")
    } else if headers > MAX_HEADERS {
        PublicError::new(ErrorCode::HeadersTooLarge, "The headers are larger than 32 KiB")
    } else {
        return next.run(request).await;
    };
    Refusal::of(path(&request), request.headers()).because(error)
}
