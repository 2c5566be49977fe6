//! Who sees a competition.

use domain::{UserId, Visibility};

use crate::{Actor, Result};

/// Refuses an actor who may not see a competition, as if it did not exist.
///
/// Every use case that shows a single competition asks this, and admission does the same for its
/// commands. Lists have [`has_status`](super::open::has_status).
///
/// # Errors
/// [`domain::ErrorCode::CompetitionNotFound`] for a draft of another organizer.
pub(crate) fn visible_to(actor: &Actor, organizer: UserId, visibility: Visibility) -> Result<()> {
    let viewer = actor.try_user().map(|user| user.id);
    Ok(visibility.visible_to(viewer, organizer)?)
}
