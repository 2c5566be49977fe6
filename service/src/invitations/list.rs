//! The use case behind `GET /api/competitions/:id/invitations`.

use domain::{CompetitionId, Invitation, Page, Paging};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::link;
use crate::{Actor, Context, Result, competitions::get_own, entity::invitation};

/// One page of the invitations to one of the actor's own competitions, newest first.
///
/// # Errors
/// As for [`get_own`].
pub async fn list(
    ctx: &Context,
    actor: &Actor,
    competition: CompetitionId,
    paging: Paging,
) -> Result<Page<Invitation>> {
    get_own(ctx, actor, competition).await?;
    let db = &*ctx.db.for_lists().await?;
    let all = invitation::Entity::find()
        .filter(invitation::Column::CompetitionId.eq(competition))
        .filter(invitation::Column::RevokedAt.is_null());
    let total = all.clone().count(db).await?;
    let range = paging.range();
    let rows = all
        .order_by_desc(invitation::Column::Id)
        .offset(range.start)
        .limit(range.end - range.start)
        .all(db)
        .await?;
    let items = rows.into_iter().map(|row| {
        let link = link(ctx, competition, &row.code);
        row.into_view(link)
    });
    Ok(Page { items: items.collect(), total, page: paging.page, limit: paging.limit })
}
