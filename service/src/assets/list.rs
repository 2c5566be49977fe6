//! The pictures of an organizer.

use domain::{OwnPicture, Page, Paging, Role};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect};

use super::clean_up::{UNUSED, is_used};
use crate::{
    Actor, Context, Result,
    entity::asset::{self, Column as C, State},
};

/// One page of the pictures that the actor has uploaded, newest first.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but an organizer.
pub async fn list(ctx: &Context, actor: &Actor, paging: Paging) -> Result<Page<OwnPicture>> {
    let owner = actor.require(Role::Organizer)?.id;
    let db = &*ctx.db.for_lists().await?;
    let own = asset::Entity::find().filter(C::OwnerId.eq(owner)).filter(C::State.eq(State::Stored));
    let total = own.clone().count(db).await?;
    let range = paging.range();
    let rows = own
        .expr_as(is_used(), "is_used")
        .order_by_desc(C::Id)
        .offset(range.start)
        .limit(range.end - range.start)
        .into_model::<Row>()
        .all(db)
        .await?;
    let items = rows.into_iter().map(|row| OwnPicture {
        kept_until: (!row.is_used).then(|| (row.asset.used_at + UNUSED).into()),
        asset: row.asset.into_view(),
    });
    Ok(Page { items: items.collect(), total, page: paging.page, limit: paging.limit })
}

#[derive(sea_orm::FromQueryResult)]
struct Row {
    #[sea_orm(nested)]
    asset: asset::Model,
    is_used: bool,
}
