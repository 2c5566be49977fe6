//! Reading the messages of a competition.

use domain::{CompetitionId, OrganizerMessage, OrganizerMessageId, OrganizerMessageStatus};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::{not_a_draft, not_found};
use crate::{
    Actor, Context, Result,
    competitions::get_own,
    entity::organizer_message::{Column, Entity},
};

/// The messages of one of the actor's own competitions, drafts among them, newest first: at most
/// [`domain::MAX_MESSAGES`].
///
/// # Errors
/// As for [`get_own`].
pub async fn list(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
) -> Result<Vec<OrganizerMessage>> {
    get_own(ctx, actor, competition).await?;
    let rows = Entity::find()
        .filter(Column::CompetitionId.eq(competition))
        .order_by_desc(Column::Id)
        .limit(domain::MAX_MESSAGES)
        .all(&*ctx.db.for_lists().await?)
        .await?;
    let now = ctx.now();
    Ok(rows.into_iter().map(|row| row.into_view(now)).collect())
}

/// One message of one of the actor's own competitions.
///
/// # Errors
/// As for [`get_own`]; [`domain::ErrorCode::MessageNotFound`].
pub async fn get(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    id: OrganizerMessageId,
) -> Result<OrganizerMessage> {
    get_own(ctx, actor, competition).await?;
    let found = Entity::find_by_id(id).filter(Column::CompetitionId.eq(competition));
    let row = found.one(ctx.db.connection()).await?.ok_or_else(not_found)?;
    Ok(row.into_view(ctx.now()))
}

/// A draft of one of the actor's own competitions, to edit it.
///
/// # Errors
/// As for [`get`]; [`domain::ErrorCode::MessageNotDraft`].
pub async fn get_draft(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    id: OrganizerMessageId,
) -> Result<OrganizerMessage> {
    let message = get(ctx, actor, competition, id).await?;
    if message.status != OrganizerMessageStatus::Draft {
        return Err(not_a_draft().into());
    }
    Ok(message)
}
