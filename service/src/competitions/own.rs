//! The competitions of an organizer.

use domain::{CompetitionSort, CompetitionWithCount, Page, Paging, Role, UserId};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Select};

use super::{
    details::with_counts,
    open::is_deleted_draft,
    order::{newest, position},
};
use crate::{
    Actor, Context, Result,
    entity::competition,
    infrastructure::{db::bulk, keyset::in_order_of},
    slice::{Cursor, Slice},
};

/// One page of the actor's own competitions, newest first.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but an organizer.
pub async fn mine(
    ctx: &Context,
    actor: &Actor,
    paging: Paging,
) -> Result<Page<CompetitionWithCount>> {
    own_on_page(ctx, actor.require(Role::Organizer)?.id, paging).await
}

/// The actor's own competitions, newest first, in the part at `cursor`.
///
/// # Errors
/// As for [`mine`].
pub async fn mine_after(
    ctx: &Context,
    actor: &Actor,
    cursor: &Cursor,
) -> Result<Slice<CompetitionWithCount>> {
    let organizer = actor.require(Role::Organizer)?.id;
    let db = &*ctx.db.for_lists().await?;
    let sort = CompetitionSort::Newest;
    let rows = newest().part(own(organizer), cursor)?.all(db).await?;
    let Slice { items, next } = Slice::cut(rows, cursor.limit, |row| position(row, sort));
    Ok(Slice { items: with_counts(db, items).await?, next })
}

/// One page of an organizer's competitions, newest first.
pub(crate) async fn own_on_page(
    ctx: &Context,
    organizer: UserId,
    paging: Paging,
) -> Result<Page<CompetitionWithCount>> {
    let db = &*ctx.db.for_lists().await?;
    let total = own(organizer).count(db).await?;
    let ids: Vec<_> = newest().ids(db, own(organizer), paging.range(), total).await?;
    let these = bulk::any_of(db, competition::Column::Id, ids.iter().copied());
    let rows = competition::Entity::find().filter(these).all(db).await?;
    let items = with_counts(db, in_order_of(&ids, rows, |row| row.id)).await?;
    Ok(Page { items, total, page: paging.page, limit: paging.limit })
}

/// All competitions of an organizer, but for the drafts that the organizer has deleted.
pub(crate) fn own(organizer: UserId) -> Select<competition::Entity> {
    competition::Entity::find()
        .filter(competition::Column::OrganizerId.eq(organizer))
        .filter(is_deleted_draft().not())
}
