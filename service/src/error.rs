//! Why a use case failed.

use domain::{ErrorCode, PublicError};
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

use crate::smtp::Undelivered;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a use case failed. Only [`Error::Public`] says anything to a client; the rest is for the log.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The request cannot be granted; the client may know why.
    #[error(transparent)]
    Public(#[from] PublicError),
    /// A concurrent change got in between; trying again helps.
    #[error("a concurrent change got in between")]
    Conflict,
    /// The database failed.
    #[error("the database failed")]
    Db(#[from] DbErr),
    /// The database failed while it committed, and did not say whether it has: everything was changed or nothing.
    #[error("the database did not say whether it has committed")]
    OutcomeUnknown(#[source] DbErr),
    /// A mail was not sent.
    #[error("a mail was not sent")]
    Mail(#[from] Undelivered),
    /// A password could not be hashed or compared.
    #[error("a password could not be hashed")]
    Hash(#[from] bcrypt::BcryptError),
    /// A value in the database is not one that this program writes.
    #[error("the database holds what this program never writes: {0}")]
    Corrupt(String),
    /// A task of ours ended before its time: a panic, or the program is stopping.
    #[error("a task ended before its time")]
    Task(#[from] tokio::task::JoinError),
    /// The batch that a request was in ended before its time; what it was is in the log.
    #[error("a batch ended before its time")]
    Interrupted,
    /// Redis cannot be used as it is configured.
    #[error("Redis cannot be used")]
    Redis(#[from] redis::RedisError),
}

/// SQLSTATE of a PostgreSQL transaction that must be tried again: serialization failure, deadlock.
const PG_TRY_AGAIN: [&str; 2] = ["40001", "40P01"];
/// What SQLSTATEs of a PostgreSQL begin with that cannot do anything right now: connection exceptions, insufficient
/// resources, operator intervention (a shutdown, or a statement that ran into its time limit), a session that idled,
/// a server that only reads (a standby, or a primary that was demoted), a lock that was not granted in time.
const PG_UNAVAILABLE: [&str; 6] = ["08", "53", "57", "25P03", "25006", "55P03"];
/// What SQLSTATEs begin with after which a COMMIT may have happened: the connection failed, or the session was ended
/// while it waited for a standby.
const PG_UNKNOWN_COMMIT: [&str; 2] = ["08", "57"];
/// The primary result code in the low byte of SQLite's extended one: the file is locked.
const SQLITE_BUSY: i32 = 5;

impl Error {
    /// Whether the same transaction may well succeed when it is tried again at once. Nothing was changed.
    pub fn is_conflict(&self) -> bool {
        match self {
            Self::Conflict => true,
            Self::Db(error) if is_unique_violation(error) => true,
            Self::Db(error) => sql_state(error)
                .is_some_and(|state| PG_TRY_AGAIN.contains(&&*state) || is_sqlite_busy(&state)),
            _ => false,
        }
    }

    /// Whether the database does not answer, or is too busy to, whatever it is asked: trying again later helps. True of
    /// [`Error::OutcomeUnknown`] as well, after which something may have been changed.
    pub fn is_unavailable(&self) -> bool {
        let error = match self {
            Self::OutcomeUnknown(_) => return true,
            Self::Public(error) => return error.code == ErrorCode::Overloaded,
            Self::Db(error) => error,
            _ => return false,
        };
        match error {
            DbErr::ConnectionAcquire(_) => true,
            error => match sql_state(error) {
                Some(state) => PG_UNAVAILABLE.iter().any(|class| state.starts_with(class)),
                // What the database did not say is the connection's fault.
                None => is_broken_connection(error),
            },
        }
    }

    /// Whether it is no fault of what was asked, so that the same may succeed later: the database does not answer, a lock
    /// is held for too long, others got in between. A unique constraint refuses the same row again.
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Task(error) => error.is_cancelled(),
            Self::Db(error) if is_unique_violation(error) => false,
            error => error.is_conflict() || error.is_unavailable(),
        }
    }

    /// Why a COMMIT failed: for good, or nobody knows.
    pub(crate) fn of_commit(error: DbErr) -> Self {
        let is_unknown = match sql_state(&error) {
            Some(state) => PG_UNKNOWN_COMMIT.iter().any(|class| state.starts_with(class)),
            None => true,
        };
        if is_unknown { Self::OutcomeUnknown(error) } else { Self::Db(error) }
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
    code.parse::<i32>().is_ok_and(|code| code & 0xff == SQLITE_BUSY)
}

/// Whether the connection failed, and not what was asked on it.
pub(crate) fn is_broken_connection(error: &DbErr) -> bool {
    matches!(
        sqlx_error(error),
        Some(
            sqlx::Error::Io(_)
                | sqlx::Error::Tls(_)
                | sqlx::Error::Protocol(_)
                | sqlx::Error::PoolTimedOut
                | sqlx::Error::PoolClosed
                | sqlx::Error::WorkerCrashed,
        )
    )
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
        match error {
            Error::Public(error) => error,
            // An outcome that is unknown included: the same key finds out.
            error if error.is_conflict() || error.is_unavailable() => Self::new(
                ErrorCode::Overloaded,
                "The service is busy. Please try again; with the same Idempotency-Key nothing happens twice.",
            ),
            _ => Self::new(ErrorCode::Internal, "Something went wrong on our side."),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use super::*;

    fn io_error() -> DbErr {
        let error = sqlx::Error::Io(io::ErrorKind::ConnectionReset.into());
        DbErr::Exec(RuntimeErr::SqlxError(Arc::new(error)))
    }

    #[test]
    fn a_commit_whose_connection_breaks_has_an_unknown_outcome_and_is_no_conflict() {
        let error = Error::of_commit(io_error());
        assert!(matches!(error, Error::OutcomeUnknown(_)));
        assert!(error.is_unavailable() && !error.is_conflict() && !error.is_deterministic());
        assert_eq!(PublicError::from(error).code, ErrorCode::Overloaded);
    }

    #[test]
    fn a_refusal_because_of_load_is_unavailability_also_where_it_was_spread_to_a_batch() {
        let error: Error = PublicError::from(Error::Db(io_error())).into();
        assert!(error.is_unavailable());
    }
}
