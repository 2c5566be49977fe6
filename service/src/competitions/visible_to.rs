//! Who sees a competition.

use domain::{PublicError, UserId, Visibility};

use crate::Result;

/// Refuses a viewer who may not see a competition, as if it did not exist; `None` is a visitor.
///
/// Every use case that shows a single competition, or does something to it, asks this. Lists have
/// [`is_listed`](super::open::is_listed).
///
/// # Errors
/// [`domain::ErrorCode::CompetitionNotFound`] for a draft of another organizer.
pub(crate) fn visible_to(
    viewer: Option<UserId>,
    organizer: UserId,
    visibility: Visibility,
) -> Result<()> {
    if visibility.is_visible_to(viewer, organizer) {
        return Ok(());
    }
    Err(PublicError::competition_not_found().into())
}
