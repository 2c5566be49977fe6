//! How many people an edit concerns.

use domain::CompetitionId;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{Actor, Context, Result, entity::competition};

/// How many people are notified of an edit of the actor's competition: those with a seat, those on
/// the waiting list, and those who wait for approval. None once it is over.
///
/// # Errors
/// Unauthorized.
pub async fn count_notified_of_edits(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
) -> Result<u32> {
    let own = competition::Column::OrganizerId.eq(actor.user()?.id);
    let row = competition::Entity::find_by_id(id).filter(own).one(ctx.db.connection()).await?;
    let row = row.filter(|row| !row.dates().is_over(ctx.now()));
    Ok(row.map_or(0, |row| row.participants()))
}
