//! Makes the error that pages show from the errors of the other crates.

use domain::{ErrorCode, PublicError};

use super::{error_words, log, request};
use crate::error::Failure;

impl From<PublicError> for Failure {
    /// The error in the words of the pages, with the id of the request.
    fn from(error: PublicError) -> Self {
        // Pages show no idempotency keys.
        let error = match error.code {
            ErrorCode::OutcomeUnknown => PublicError::outcome_unknown(None),
            _ => error,
        };
        let request_id = error.request_id.clone().or_else(request::id);
        Self(PublicError { request_id, ..error_words::for_pages(error) })
    }
}

impl From<service::Error> for Failure {
    /// Logs internal errors with their sources; clients do not see them.
    fn from(error: service::Error) -> Self {
        if !matches!(error, service::Error::Public(_)) {
            log::failed("app.service", &error);
        }
        PublicError::from(error).into()
    }
}
