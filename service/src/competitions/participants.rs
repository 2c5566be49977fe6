//! How many people an edit concerns.

use domain::CompetitionId;
use sea_orm::EntityTrait;

use crate::{Context, Result, entity::competition};

/// How many people are notified of an edit of the competition: those with a seat, those on the
/// waiting list, and those who wait for approval. None once it is over.
///
/// # Errors
/// When the database fails.
pub async fn notified_of_edits(ctx: &Context, id: CompetitionId) -> Result<u32> {
    let row = competition::Entity::find_by_id(id).one(ctx.db.connection()).await?;
    Ok(row.filter(|row| !row.dates().is_over(ctx.now())).map_or(0, |row| row.participants()))
}
