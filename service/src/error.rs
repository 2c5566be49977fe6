//! Why a use case failed.

use domain::{ErrorCode, PublicError};
use sea_orm::{DbErr, RuntimeErr, SqlErr};

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
    /// A password could not be hashed or compared.
    #[error("a password could not be hashed")]
    Hash(#[from] bcrypt::BcryptError),
    /// A value in the database is not one that this program writes.
    #[error("the database holds what this program never writes: {0}")]
    Corrupt(String),
    /// A task of ours ended before its time: a panic, or the program is stopping.
    #[error("a task ended before its time")]
    Task(#[from] tokio::task::JoinError),
}

/// SQLSTATE of a PostgreSQL transaction that must be tried again: serialization failure, deadlock.
const PG_TRY_AGAIN: [&str; 2] = ["40001", "40P01"];
/// SQLSTATE of a PostgreSQL statement that ran into its time limit.
const PG_QUERY_CANCELED: &str = "57014";
/// The primary result code in the low byte of SQLite's extended one: the file is locked.
const SQLITE_BUSY: i32 = 5;

impl Error {
    /// Whether the same transaction may well succeed when it is tried again.
    pub(crate) fn is_conflict(&self) -> bool {
        match self {
            Self::Conflict => true,
            Self::Db(error) if is_unique_violation(error) => true,
            Self::Db(error) => sql_state(error)
                .is_some_and(|state| PG_TRY_AGAIN.contains(&&*state) || is_sqlite_busy(&state)),
            _ => false,
        }
    }

    /// Whether the database is too busy, rather than broken.
    fn is_overload(&self) -> bool {
        match self {
            Self::Db(DbErr::ConnectionAcquire(_)) => true,
            Self::Db(error) => sql_state(error).is_some_and(|state| state == PG_QUERY_CANCELED),
            _ => false,
        }
    }
}

/// Whether a unique constraint refused a row.
pub(crate) fn is_unique_violation(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::UniqueConstraintViolation(_)))
}

fn is_sqlite_busy(code: &str) -> bool {
    code.parse::<i32>().is_ok_and(|code| code & 0xff == SQLITE_BUSY)
}

fn sql_state(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(error) | DbErr::Query(error) | DbErr::Conn(error)) = error else {
        return None;
    };
    let RuntimeErr::SqlxError(error) = error else { return None };
    error.as_database_error()?.code().map(|code| code.into_owned())
}

impl From<Error> for PublicError {
    fn from(error: Error) -> Self {
        match error {
            Error::Public(error) => error,
            error if error.is_conflict() || error.is_overload() => Self::new(
                ErrorCode::Overloaded,
                "The service is busy. Nothing was changed; please try again.",
            ),
            _ => Self::new(ErrorCode::Internal, "Something went wrong on our side."),
        }
    }
}
