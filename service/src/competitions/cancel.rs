//! The use case behind `DELETE /api/competitions/:id`.

use domain::{CompetitionId, CompetitionWithOrganizer, ErrorCode, IdempotencyKey, PublicError};

use super::{Edited, edit, get_own};
use crate::{Actor, Context, Result, admission::Wish};

/// Cancels a competition of the actor's; cancelling it again changes nothing. It waits its turn among those who register:
/// everyone who was told that they hold a seat is told of this as well.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but its organizer; as for [`crate::registration::register`].
pub async fn cancel(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    key: Option<IdempotencyKey>,
) -> Result<Edited> {
    edit::ask(ctx, actor, competition, Wish::CallOff, key).await
}

/// The same for somebody who has typed the title, to show that they mean this one.
///
/// # Errors
/// [`ErrorCode::ValidationFailed`] when it is another title; as for [`cancel`].
pub async fn cancel_by_title(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    title: &str,
    key: IdempotencyKey,
) -> Result<CompetitionWithOrganizer> {
    let competition = get_own(ctx, actor, id).await?.competition;
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase();
    if words(&competition.title) != words(title) {
        let message = "Type the title of the competition to confirm";
        return Err(PublicError::on_field(ErrorCode::ValidationFailed, "title", message).into());
    }
    Ok(cancel(ctx, actor, id, Some(key)).await?.outcome?)
}
