//! Errors of use cases.

mod undelivered;

use std::io;

use domain::{ErrorCode, IdempotencyKey, PublicError};
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

use crate::commit_watch;

pub(crate) use undelivered::Cause;
pub use undelivered::Undelivered;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case failed. Clients see the text of [`Error::Public`] only; the others are logged.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request is refused, for a reason that the client sees.
    #[error(transparent)]
    Public(#[from] PublicError),
    /// A concurrent change conflicts with the transaction; a retry may succeed.
    #[error("a concurrent change conflicts")]
    Conflict,
    /// The database failed.
    #[error("the database failed")]
    Db(#[from] DbErr),
    /// The response to a COMMIT was lost: the transaction was committed or rolled back.
    #[error("the response to a COMMIT was lost")]
    OutcomeUnknown(#[source] DbErr),
    /// A read or the wait for a connection timed out. Nothing was changed.
    #[error("the database did not answer in time")]
    TimedOut,
    /// A mail was not sent.
    #[error("a mail was not sent")]
    Mail(#[from] Undelivered),
    /// A password could not be hashed or compared.
    #[error("a password could not be hashed")]
    Hash(#[from] bcrypt::BcryptError),
    /// The database has a value that this program never writes.
    #[error("the database has a value that this program never writes: {0}")]
    Corrupt(String),
    /// A task panicked, or was cancelled because the program stops.
    #[error("a task did not finish")]
    Task(#[from] tokio::task::JoinError),
    /// The batch of a request panicked; the log has the panic.
    #[error("a batch did not finish")]
    Interrupted,
    /// Redis cannot be used as it is configured.
    #[error("Redis cannot be used")]
    Redis(#[from] redis::RedisError),
    /// The media store failed.
    #[error("the media store failed")]
    Storage(#[from] object_store::Error),
    /// A server cannot be used as it is configured. The text says what to change.
    #[error("{0}")]
    Misconfigured(String),
}

/// SQLSTATEs of a PostgreSQL transaction that may succeed when retried: serialization failure,
/// deadlock.
const PG_TRY_AGAIN: [&str; 2] = ["40001", "40P01"];
/// Prefixes of the SQLSTATEs of a PostgreSQL that is unavailable: connection exceptions,
/// insufficient resources, operator intervention (a shutdown or a statement timeout), an idle
/// session that was ended, a read-only server (a standby or a demoted primary), a lock timeout.
const PG_UNAVAILABLE: [&str; 6] = ["08", "53", "57", "25P03", "25006", "55P03"];
/// SQLSTATEs of a statement that waited for a lock for too long: a lock timeout, and a statement
/// timeout.
const PG_WAITED: [&str; 2] = ["55P03", "57014"];
/// Prefixes of the SQLSTATEs after which a COMMIT may have happened: the connection failed, or the
/// session was ended while it waited for a standby.
const PG_UNKNOWN_COMMIT: [&str; 2] = ["08", "57"];
/// Prefixes of the SQLSTATEs that end a connection: it failed, or the server shuts down.
const PG_ENDED: [&str; 2] = ["08", "57P"];
/// SQLite's primary result code for a locked file: the low byte of an extended result code.
const SQLITE_BUSY: i32 = 5;

impl Error {
    /// Whether the same transaction may succeed when it is retried at once. Nothing was changed.
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Conflict => true,
            Self::Db(error) if is_unique_violation(error) => true,
            Self::Db(error) => sql_state(error)
                .is_some_and(|state| PG_TRY_AGAIN.contains(&&*state) || is_sqlite_busy(&state)),
            _ => false,
        }
    }

    /// Whether the database is unavailable or overloaded, so that a later retry may succeed.
    /// Includes [`Error::OutcomeUnknown`], after which something may have been changed.
    pub fn is_unavailable(&self) -> bool {
        let error = match self {
            Self::OutcomeUnknown(_) | Self::TimedOut | Self::Storage(_) => return true,
            Self::Public(error) => {
                return matches!(error.code, ErrorCode::Overloaded | ErrorCode::OutcomeUnknown);
            }
            Self::Db(error) => error,
            _ => return false,
        };
        match error {
            DbErr::ConnectionAcquire(_) => true,
            // A connection could not be opened, or was refused.
            DbErr::Conn(_) => true,
            error => match sql_state(error) {
                Some(state) => PG_UNAVAILABLE.iter().any(|class| state.starts_with(class)),
                // Without a response of the database, the connection failed.
                None => is_broken_connection(error),
            },
        }
    }

    /// Whether the same request may succeed later: the database is unavailable, a lock was held for
    /// too long, or a concurrent change conflicts. Not a unique violation: the same row is refused
    /// again.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Task(error) => error.is_cancelled(),
            Self::Db(error) if is_unique_violation(error) => false,
            error => error.is_conflict() || error.is_unavailable(),
        }
    }

    /// Replaces an error whose outcome is unknown by one that tells the client to retry with this
    /// `Idempotency-Key`, and logs it.
    pub(crate) fn naming(self, key: Option<&IdempotencyKey>) -> Self {
        if key.is_none() || !self.is_outcome_unknown() {
            return self;
        }
        tracing::error!(
            error = &self as &dyn std::error::Error,
            "the outcome of a request is unknown"
        );
        PublicError::outcome_unknown(key).into()
    }

    /// Whether the request that fails with this error may have changed something.
    fn is_outcome_unknown(&self) -> bool {
        match self {
            // Admission has changed nothing, but the request may have before.
            Self::Public(error) => {
                error.code == ErrorCode::Overloaded && commit_watch::has_committed()
            }
            Self::OutcomeUnknown(_) => true,
            // An upload changes nothing that a repetition would change twice.
            Self::Storage(_) => false,
            error if error.is_unavailable() => {
                commit_watch::has_committed()
                    || (error.is_lost_response() && commit_watch::has_sent_statement())
            }
            error => error.is_conflict() && commit_watch::has_committed(),
        }
    }

    /// Whether a statement may have been executed and its response was lost. A server that shuts
    /// down ends connections with an error of its own.
    fn is_lost_response(&self) -> bool {
        let error = match self {
            Self::Db(error) => error,
            other => return !matches!(other, Self::TimedOut),
        };
        match (error, sqlx_error(error), sql_state(error)) {
            (DbErr::ConnectionAcquire(_) | DbErr::Conn(_), ..)
            | (_, Some(sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed), _) => false,
            (.., Some(state)) => PG_ENDED.iter().any(|class| state.starts_with(class)),
            (.., None) => true,
        }
    }

    /// Whether a transaction has lost its connection before the COMMIT, or its server accepts no
    /// writes any more. Nothing was changed, and another connection may succeed.
    pub(crate) fn has_lost_connection(&self) -> bool {
        let Self::Db(error) = self else { return false };
        sqlx_error(error).is_some_and(|error| {
            ends_connection(error) || is_read_only(error) || has_lost_session(error)
        })
    }

    /// Whether a read-only server has refused a write.
    pub(crate) fn is_refused_write(&self) -> bool {
        matches!(self, Self::Db(error) if sqlx_error(error).is_some_and(is_read_only))
    }

    /// The error of a COMMIT: refused, or [`Error::OutcomeUnknown`].
    pub(crate) fn of_commit(error: DbErr) -> Self {
        let is_unknown = match sql_state(&error) {
            Some(state) => PG_UNKNOWN_COMMIT.iter().any(|class| state.starts_with(class)),
            None => true,
        };
        if is_unknown { Self::OutcomeUnknown(error) } else { Self::Db(error) }
    }

    /// Whether the rows of the transaction are the reason, and not its connection or its server: a
    /// transaction with fewer rows may succeed.
    pub(crate) fn concerns_rows(&self) -> bool {
        let has_waited = match self {
            Self::Db(error) => {
                sql_state(error).is_some_and(|state| PG_WAITED.contains(&state.as_str()))
            }
            _ => false,
        };
        has_waited || self.is_conflict() || self.is_deterministic()
    }

    /// Whether the database would refuse the same transaction again.
    pub(crate) fn is_deterministic(&self) -> bool {
        matches!(self, Self::Db(_) | Self::Corrupt(_))
            && !self.is_conflict()
            && !self.is_unavailable()
    }
}

/// Whether a unique constraint refused a row.
pub(crate) fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

fn is_sqlite_busy(code: &str) -> bool {
    // SQLite's codes are 5, 261, 517 and 773. A SQLSTATE has five characters, which may all be
    // digits: 42501 & 0xff is 5 as well.
    code.len() < 5 && code.parse::<i32>().is_ok_and(|code| code & 0xff == SQLITE_BUSY)
}

/// Whether the connection failed, rather than the statement.
pub(crate) fn is_broken_connection(error: &DbErr) -> bool {
    sqlx_error(error).is_some_and(is_broken)
}

fn is_broken(error: &sqlx::Error) -> bool {
    matches!(
        error,
        sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
    )
}

/// Whether a connection cannot be used after this error: it failed, or the server has ended the
/// session.
pub(crate) fn ends_connection(error: &sqlx::Error) -> bool {
    is_broken(error) || has_state(error, &["08", "57P", "25P03"])
}

/// Whether the server is read-only: a standby, or a demoted primary.
pub(crate) fn is_read_only(error: &sqlx::Error) -> bool {
    has_state(error, &["25006"])
}

/// Whether a pooler has replaced the session by another: a prepared statement is missing, or exists
/// already.
pub(crate) fn has_lost_session(error: &sqlx::Error) -> bool {
    has_state(error, &["26000", "42P05"])
}

/// Whether the server refuses connections, is starting or stopping, or has no free connection: a
/// retry may succeed in a moment.
pub(crate) fn is_starting(error: &sqlx::Error) -> bool {
    matches!(error, sqlx::Error::Io(error) if error.kind() == io::ErrorKind::ConnectionRefused)
        || has_state(error, &["53300", "57P03"])
}

fn has_state(error: &sqlx::Error, classes: &[&str]) -> bool {
    let state = error.as_database_error().and_then(|error| error.code());
    state.is_some_and(|state| classes.iter().any(|class| state.starts_with(class)))
}

fn sql_state(error: &DbErr) -> Option<String> {
    sqlx_error(error)?.as_database_error()?.code().map(|code| code.into_owned())
}

fn sqlx_error(error: &DbErr) -> Option<&sqlx::Error> {
    match error {
        DbErr::Exec(error) | DbErr::Query(error) | DbErr::Conn(error) => match error {
            RuntimeErr::SqlxError(error) => Some(error),
            RuntimeErr::Internal(_) => None,
        },
        _ => None,
    }
}

impl From<Error> for PublicError {
    fn from(error: Error) -> Self {
        if error.is_outcome_unknown() {
            return Self::outcome_unknown(None);
        }
        match error {
            Error::Public(error) => error,
            error if error.is_conflict() || error.is_unavailable() => Self::new(
                ErrorCode::Overloaded,
                "The service is busy. Nothing was changed; please try again.",
            ),
            _ => Self::new(ErrorCode::Internal, "Something went wrong on our side."),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use sea_orm::ConnAcquireErr;

    use super::*;
    use crate::CommitWatch;

    fn io_error() -> DbErr {
        let error = sqlx::Error::Io(io::ErrorKind::ConnectionReset.into());
        DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
    }

    #[test]
    fn a_commit_whose_connection_breaks_has_an_unknown_outcome_and_is_no_conflict() {
        let error = Error::of_commit(io_error());
        assert!(matches!(error, Error::OutcomeUnknown(_)));
        assert!(error.is_unavailable() && !error.is_conflict() && !error.is_deterministic());
        assert_eq!(PublicError::from(error).code, ErrorCode::OutcomeUnknown);
    }

    /// The code that a client gets for `error` after its request has done `work`.
    async fn code(work: impl FnOnce(), error: Error) -> ErrorCode {
        let watched = async {
            work();
            PublicError::from(error).code
        };
        CommitWatch::default().observe(watched).await
    }

    #[tokio::test]
    async fn a_request_that_may_have_committed_is_not_reported_as_unchanged() {
        let lost = || Error::Db(io_error());
        let refused = || Error::Db(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
        let busy = || Error::from(PublicError::new(ErrorCode::Overloaded, "busy"));
        let committed = || drop(commit_watch::commit_begins());
        for error in [lost(), refused(), busy(), Error::Conflict] {
            let shown = format!("{error:?}");
            assert_eq!(code(|| {}, error).await, ErrorCode::Overloaded, "{shown}");
        }
        for error in [lost(), refused(), busy(), Error::Conflict] {
            let shown = format!("{error:?}");
            assert_eq!(code(committed, error).await, ErrorCode::OutcomeUnknown, "{shown}");
        }
        let statement = commit_watch::statement_begins;
        assert_eq!(code(statement, lost()).await, ErrorCode::OutcomeUnknown);
        assert_eq!(code(statement, refused()).await, ErrorCode::Overloaded);
        assert_eq!(code(statement, Error::Conflict).await, ErrorCode::Overloaded);
    }

    #[test]
    fn busy_codes_of_sqlite_differ_from_sqlstates() {
        for code in ["5", "261", "517", "773"] {
            assert!(is_sqlite_busy(code), "{code}");
        }
        // Insufficient privilege and an invalid byte sequence are no conflicts.
        for state in ["42501", "22021", "40001", "6"] {
            assert!(!is_sqlite_busy(state), "{state}");
        }
    }

    #[test]
    fn an_overload_stays_an_unavailability_as_a_public_error() {
        let error: Error = PublicError::from(Error::Db(io_error())).into();
        assert!(error.is_unavailable());
    }
}
