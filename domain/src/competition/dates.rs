//! The times of a competition, and the order that they must be in.

use crate::{ErrorCode, PublicError, Timestamp};

/// The times of a competition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Dates {
    /// From this moment on one can register; from the beginning if there is none.
    pub opens: Option<Timestamp>,
    /// From this moment on nobody can register.
    pub deadline: Timestamp,
    /// When it starts, if that is set.
    pub start: Option<Timestamp>,
}

impl Dates {
    /// Registration opens before the deadline, and the competition starts after it.
    ///
    /// # Errors
    /// [`ErrorCode::OpeningNotBeforeDeadline`], [`ErrorCode::StartNotAfterDeadline`].
    pub(super) fn in_order(self) -> Result<Self, PublicError> {
        if self.opens.is_some_and(|opens| opens >= self.deadline) {
            let message = "Registration must open before the deadline";
            let code = ErrorCode::OpeningNotBeforeDeadline;
            return Err(PublicError::on_field(code, "regOpensAt", message));
        }
        if self.start.is_some_and(|start| start <= self.deadline) {
            let message = "Start date must be after registration deadline";
            let code = ErrorCode::StartNotAfterDeadline;
            return Err(PublicError::on_field(code, "startDate", message));
        }
        Ok(self)
    }

    /// # Errors
    /// [`ErrorCode::DeadlineNotInFuture`].
    pub(super) fn deadline_after(self, now: Timestamp) -> Result<Self, PublicError> {
        if self.deadline > now {
            return Ok(self);
        }
        let message = "Registration deadline must be in the future";
        Err(PublicError::on_field(ErrorCode::DeadlineNotInFuture, "regDeadline", message))
    }
}
