//! Makes the error that pages show from the errors of the other crates.

use domain::{ErrorCode, PublicError};

use super::{error_words, log, request};
use crate::error::Failure;

impl From<PublicError> for Failure {
    /// The error in the words of the pages, with the id of the request.
    fn from(error: PublicError) -> Self {
        let mut error = error_words::for_pages(error);
        if error.code == ErrorCode::OutcomeUnknown {
            // Pages show no idempotency keys, and do not advise to send one again.
            error.message = PublicError::outcome_unknown(None).message;
            error.idempotency_key = None;
        }
        error.request_id = error.request_id.or_else(request::id);
        Self(error)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_outcome_loses_its_idempotency_key_and_keeps_its_request_id() {
        let key = "a-key".parse().unwrap();
        let error = PublicError {
            request_id: Some("a request".to_owned()),
            wait: Some(7),
            ..PublicError::outcome_unknown(Some(&key))
        };
        let Failure(shown) = error.into();
        assert_eq!(shown.idempotency_key, None);
        assert_eq!(shown.message, PublicError::outcome_unknown(None).message);
        assert_eq!((shown.request_id.as_deref(), shown.wait), (Some("a request"), Some(7)));
    }
}
