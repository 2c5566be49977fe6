//! Logging of internal errors.

use std::error::Error;

/// Logs the error with the chain of its sources.
pub(crate) fn failed(what: &'static str, error: &(dyn Error + 'static)) {
    let chain = service::error_chain(error);
    tracing::error!(error.kind = what, error.chain = chain, "a page or a form failed");
}
