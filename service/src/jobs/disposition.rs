//! What an error means for the job that met it.

use crate::Error;

/// What is to become of a job that did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// What it needs is away: it is put off, without end. Mail has an end of its own.
    Postpone,
    /// It failed: one of its attempts is used up.
    Attempt,
    /// Another try is of no use.
    Final,
}

impl Disposition {
    /// What an error means. An attempt is what the job itself is to blame for; a database that is
    /// away, a lock that is held for too long and a conflict with others are not.
    pub fn of(error: &Error) -> Self {
        match error {
            error if error.is_transient() => Self::Postpone,
            Error::Mail(undelivered) if undelivered.is_final() => Self::Final,
            Error::Mail(undelivered) if undelivered.is_unreachable() => Self::Postpone,
            _ => Self::Attempt,
        }
    }
}
