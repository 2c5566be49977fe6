//! The consequence of an error for its job: postpone it, count an attempt, or end it.

use crate::Error;

/// What happens to a job whose run did not succeed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Disposition {
    /// A service that it needs is unavailable: it is postponed, any number of times. Mail ends
    /// after four days (`delivery`).
    Postpone,
    /// It failed, and has used up one of its attempts.
    Attempt,
    /// It would fail again: it moves to the dead letters at once.
    Final,
}

impl Disposition {
    /// The consequence of an error. A failure of the job itself uses up an attempt; an unreachable
    /// database, a lock that is held for too long and a conflict with another transaction do not.
    pub fn of(error: &Error) -> Self {
        match error {
            error if error.is_transient() => Self::Postpone,
            Error::Mail(undelivered) if undelivered.is_final() => Self::Final,
            Error::Mail(undelivered) if undelivered.is_unreachable() => Self::Postpone,
            _ => Self::Attempt,
        }
    }
}
