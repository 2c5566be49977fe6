//! What can be wrong with the dates of a competition.

use crate::{ErrorCode, FieldError, PublicError};

/// A fault of the dates of a competition, which concerns more than one of them or the present.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DateFault {
    /// Registration would have closed already.
    DeadlineNotInFuture,
    /// Registration would open when it closes, or later.
    OpeningNotBeforeDeadline,
    /// The competition would start before registration closes, or at that moment where
    /// [`crate::StartRule`] does not allow it.
    StartNotAfterDeadline,
    /// The waiting list would end before registration.
    PromoteUntilBeforeDeadline,
    /// The waiting list would end after the competition has started, or without a start later than
    /// [`crate::UNDATED_FOR`] after the deadline.
    PromoteUntilAfterStart,
    /// The competition would end before it starts, at that moment, or without a start.
    EndNotAfterStart,
}

impl DateFault {
    /// Every fault there is, in the order in which they are reported.
    pub const ALL: [Self; 6] = [
        Self::DeadlineNotInFuture,
        Self::OpeningNotBeforeDeadline,
        Self::StartNotAfterDeadline,
        Self::PromoteUntilBeforeDeadline,
        Self::PromoteUntilAfterStart,
        Self::EndNotAfterStart,
    ];

    /// Its code.
    pub fn code(self) -> ErrorCode {
        match self {
            Self::DeadlineNotInFuture => ErrorCode::DeadlineNotInFuture,
            Self::OpeningNotBeforeDeadline => ErrorCode::OpeningNotBeforeDeadline,
            Self::StartNotAfterDeadline => ErrorCode::StartNotAfterDeadline,
            Self::PromoteUntilBeforeDeadline => ErrorCode::PromoteUntilBeforeDeadline,
            Self::PromoteUntilAfterStart => ErrorCode::PromoteUntilAfterStart,
            Self::EndNotAfterStart => ErrorCode::EndNotAfterStart,
        }
    }

    /// The field that it is reported for.
    pub fn field(self) -> &'static str {
        match self {
            Self::DeadlineNotInFuture => "regDeadline",
            Self::OpeningNotBeforeDeadline => "regOpensAt",
            Self::StartNotAfterDeadline => "startDate",
            Self::PromoteUntilBeforeDeadline | Self::PromoteUntilAfterStart => "promoteUntil",
            Self::EndNotAfterStart => "endsAt",
        }
    }

    /// The sentence of the API about it.
    pub fn message(self) -> &'static str {
        match self {
            Self::DeadlineNotInFuture => "Registration deadline must be in the future",
            Self::OpeningNotBeforeDeadline => "Registration must open before the deadline",
            Self::StartNotAfterDeadline => "Start date must be after registration deadline",
            Self::PromoteUntilBeforeDeadline => {
                "Waiting list must not end before the registration deadline"
            }
            Self::PromoteUntilAfterStart => {
                "Waiting list must not end after the start date, or without one later than 90 days \
                 after the registration deadline"
            }
            Self::EndNotAfterStart => "End must be after the start date",
        }
    }
}

/// All faults as one error, with the code and the sentence of the first, which clients of the first
/// version know; `None` without any.
pub(super) fn error_of(faults: &[DateFault]) -> Option<PublicError> {
    let first = faults.first()?;
    let field = |fault: &DateFault| FieldError {
        field: fault.field().into(),
        message: fault.message().into(),
    };
    let fields = faults.iter().map(field).collect();
    Some(PublicError { fields, ..PublicError::new(first.code(), first.message()) })
}
