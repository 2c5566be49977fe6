//! The competitions that search engines find.

use domain::{CompetitionId, CompetitionStatus, Timestamp};
use sea_orm::{EntityTrait, QueryFilter, QueryOrder, QuerySelect};

use super::open::has_status;
use crate::{Context, Result, entity::competition};

/// The most competitions in a sitemap. The protocol allows 50,000 addresses; those that close later
/// follow as others close.
const MAX_LISTED: u64 = 5_000;

/// The public competitions that are open for registration or open later, and when each was last
/// changed. Those that close first come first; 5,000 at most.
///
/// # Errors
/// When the database fails.
pub async fn sitemap(ctx: &Context) -> Result<Vec<(CompetitionId, Timestamp)>> {
    use competition::Column::{Id, RegDeadline, UpdatedAt};
    let db = &*ctx.db.for_lists().await?;
    let rows: Vec<(CompetitionId, chrono::DateTime<chrono::Utc>)> = competition::Entity::find()
        .filter(has_status(CompetitionStatus::Open, ctx.now()))
        .order_by_asc(RegDeadline)
        .order_by_asc(Id)
        .limit(MAX_LISTED)
        .select_only()
        .columns([Id, UpdatedAt])
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(id, changed)| (id, changed.into())).collect())
}
