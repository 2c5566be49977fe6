//! Why a connection cannot be used, in the words of an operator.

use sea_orm::{DbErr, RuntimeErr, sqlx};

use crate::infrastructure::{db::session::Refusal, tls};

/// What to look at when a connection is not trusted.
const NAMES: tls::Names =
    tls::Names { server: "PostgreSQL", url: "DATABASE_URL", ca_file: "DATABASE_CA_FILE" };

/// Logs a refusal as an error for the operator. Other failures are logged by the caller that fails.
pub(super) fn log_failure(error: &sqlx::Error) {
    match sentence(error) {
        Some(refusal) => tracing::error!("{refusal}"),
        None => tracing::info!(%error, "a connection to the database failed"),
    }
}

pub(super) fn conn_err(error: sqlx::Error) -> DbErr {
    DbErr::Conn(match sentence(&error) {
        // As a text: an error would be repeated by each error that wraps it.
        Some(sentence) => RuntimeErr::Internal(sentence),
        None => RuntimeErr::SqlxError(error.into()),
    })
}

pub(super) fn refusal(error: &sqlx::Error) -> Option<&Refusal> {
    match error {
        sqlx::Error::Configuration(error) => error.downcast_ref(),
        _ => None,
    }
}

/// What an operator has to change before a connection can be used.
fn sentence(error: &sqlx::Error) -> Option<String> {
    match refusal(error) {
        Some(refusal) => Some(refusal.to_string()),
        None => tls::fault(error, &NAMES),
    }
}
