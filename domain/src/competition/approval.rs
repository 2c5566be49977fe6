//! Whether the organizer of a competition approves registrations.

use crate::Raw;

/// No approval when it is absent or null.
pub(super) fn approval_required(raw: &Raw<bool>) -> Result<bool, String> {
    match raw {
        Raw::Missing => Ok(false),
        Raw::Given(is_required) => Ok(*is_required),
        Raw::WrongType => Err("Approval must be true or false".into()),
    }
}
