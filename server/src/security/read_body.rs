//! Reads a body within its limits.

use axum::body::{Body, HttpBody};
use domain::{ErrorCode, PublicError};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use tokio::time::timeout;

use super::HttpLimits;

/// The whole body, of at most `most` bytes.
///
/// # Errors
/// [`ErrorCode::PayloadTooLarge`], [`ErrorCode::MalformedBody`] or [`ErrorCode::RequestTimeout`].
pub(super) async fn read(
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
