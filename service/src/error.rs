//! Why a use case failed.

use std::io;

use domain::{ErrorCode, IdempotencyKey, PublicError};
use sea_orm::{DbErr, RuntimeErr, SqlErr, sqlx};

use crate::{commit_watch, smtp::Undelivered};

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
    /// The database did not answer a question in time. Nothing was changed.
    #[error("the database did not answer in time")]
    TimedOut,
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
/// What SQLSTATEs begin with when a connection ends: it failed, or the server shuts down.
const PG_ENDED: [&str; 2] = ["08", "57P"];
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
            Self::OutcomeUnknown(_) | Self::TimedOut => return true,
            Self::Public(error) => {
                return matches!(error.code, ErrorCode::Overloaded | ErrorCode::OutcomeUnknown);
            }
            Self::Db(error) => error,
            _ => return false,
        };
        match error {
            DbErr::ConnectionAcquire(_) => true,
            // A connection that could not be opened, or was refused.
            DbErr::Conn(_) => true,
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

    /// The same for a client that may retry with this `Idempotency-Key`. Logs what it replaces.
    pub(crate) fn naming(self, key: Option<&IdempotencyKey>) -> Self {
        if key.is_none() || !self.is_outcome_unknown() {
            return self;
        }
        tracing::error!(error = &self as &dyn std::error::Error, "the outcome is unknown");
        PublicError::outcome_unknown(key).into()
    }

    /// Whether the request that fails with this may have changed something all the same.
    fn is_outcome_unknown(&self) -> bool {
        match self {
            // Said of what admission did not do; the request may have done something else before.
            Self::Public(error) => {
                error.code == ErrorCode::Overloaded && commit_watch::has_committed()
            }
            Self::OutcomeUnknown(_) => true,
            error if error.is_unavailable() => {
                commit_watch::has_committed()
                    || (error.is_lost_answer() && commit_watch::has_sent_statement())
            }
            error => error.is_conflict() && commit_watch::has_committed(),
        }
    }

    /// Whether a statement may have been sent to the database and its answer was lost. A server that is shut down ends
    /// a connection with an error of its own.
    fn is_lost_answer(&self) -> bool {
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

    /// Whether a transaction that was not committed has lost its connection, or its server takes no changes any more:
    /// nothing was changed, and another connection may do better.
    pub(crate) fn has_lost_connection(&self) -> bool {
        let Self::Db(error) = self else { return false };
        sqlx_error(error).is_some_and(|error| {
            ends_connection(error) || is_read_only(error) || has_lost_session(error)
        })
    }

    /// Whether the server takes no changes: it has refused one.
    pub(crate) fn is_refused_write(&self) -> bool {
        matches!(self, Self::Db(error) if sqlx_error(error).is_some_and(is_read_only))
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
    // A SQLSTATE has five characters and may be all digits: 42501 & 0xff is 5 as well. SQLite's are 5, 261, 517 and 773.
    code.len() < 5 && code.parse::<i32>().is_ok_and(|code| code & 0xff == SQLITE_BUSY)
}

/// Whether the connection failed, and not what was asked on it.
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

/// Whether a connection is of no use after this: it failed, or the server has ended the session.
pub(crate) fn ends_connection(error: &sqlx::Error) -> bool {
    is_broken(error) || has_state(error, &["08", "57P", "25P03"])
}

/// Whether the server takes no changes: a standby, or a primary that was demoted.
pub(crate) fn is_read_only(error: &sqlx::Error) -> bool {
    has_state(error, &["25006"])
}

/// Whether a pooler has put another session in the place of this: a prepared statement is missing, or is there already.
pub(crate) fn has_lost_session(error: &sqlx::Error) -> bool {
    has_state(error, &["26000", "42P05"])
}

/// Whether the server was not reached or is starting, stopping or full, so that another try may succeed in a moment.
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

    /// What a client is told of `error` after its request has done `work`.
    async fn told(work: impl FnOnce(), error: Error) -> ErrorCode {
        let watched = async {
            work();
            PublicError::from(error).code
        };
        CommitWatch::default().observe(watched).await
    }

    #[tokio::test]
    async fn nothing_was_changed_is_said_only_of_requests_that_have_changed_nothing() {
        let lost = || Error::Db(io_error());
        let refused = || Error::Db(DbErr::ConnectionAcquire(ConnAcquireErr::Timeout));
        let busy = || Error::from(PublicError::new(ErrorCode::Overloaded, "busy"));
        let committed = || drop(commit_watch::commit_begins());
        for error in [lost(), refused(), busy(), Error::Conflict] {
            let shown = format!("{error:?}");
            assert_eq!(told(|| {}, error).await, ErrorCode::Overloaded, "{shown}");
        }
        for error in [lost(), refused(), busy(), Error::Conflict] {
            let shown = format!("{error:?}");
            assert_eq!(told(committed, error).await, ErrorCode::OutcomeUnknown, "{shown}");
        }
        let statement = commit_watch::statement_begins;
        assert_eq!(told(statement, lost()).await, ErrorCode::OutcomeUnknown);
        assert_eq!(told(statement, refused()).await, ErrorCode::Overloaded);
        assert_eq!(told(statement, Error::Conflict).await, ErrorCode::Overloaded);
    }

    #[test]
    fn codes_of_sqlite_that_say_busy_are_told_from_states_of_postgresql() {
        for code in ["5", "261", "517", "773"] {
            assert!(is_sqlite_busy(code), "{code}");
        }
        // Insufficient privilege, an invalid byte sequence: no retry helps.
        for state in ["42501", "22021", "40001", "6"] {
            assert!(!is_sqlite_busy(state), "{state}");
        }
    }

    #[test]
    fn a_refusal_because_of_load_is_unavailability_also_where_it_was_spread_to_a_batch() {
        let error: Error = PublicError::from(Error::Db(io_error())).into();
        assert!(error.is_unavailable());
    }
}
