//! Logging of internal errors.

use std::error::Error;

/// Logs the error with the chain of its sources.
pub(crate) fn failed(what: &'static str, error: &(dyn Error + 'static)) {
    let mut chain = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        chain.push_str(&format!(": {error}"));
        source = error.source();
    }
    tracing::error!(error.kind = what, error.chain = chain, "a page or a form failed");
}
