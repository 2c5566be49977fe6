//! Logging of failures that a worker survives.

/// Logs a failure with its causes; `what` says what could not be done.
pub(crate) fn log_failure(what: &str, result: service::Result<()>) {
    if let Err(error) = result {
        tracing::error!(error = &error as &dyn std::error::Error, "{what}");
    }
}
