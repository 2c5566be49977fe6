//! Keeping pictures for an edit that uses them.

use std::collections::{BTreeSet, HashSet};

use domain::{AssetId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QuerySelect};

use crate::{
    Context, Result,
    entity::asset::{self, Column as C, State},
    infrastructure::db::{bulk, retry},
};

/// Counts the time for which these pictures are kept from now. Returns those that the owner has and
/// that are not being deleted.
pub(super) async fn keep(
    ctx: &Context,
    owner: UserId,
    pictures: &BTreeSet<AssetId>,
) -> Result<HashSet<AssetId>> {
    // The clean-up locks pictures in another order.
    retry(|| attempt(ctx, owner, pictures)).await
}

async fn attempt(
    ctx: &Context,
    owner: UserId,
    pictures: &BTreeSet<AssetId>,
) -> Result<HashSet<AssetId>> {
    let db = ctx.db.connection();
    let own = bulk::any_of(db, C::Id, pictures.iter().copied())
        .and(C::OwnerId.eq(owner))
        .and(C::State.eq(State::Stored));
    asset::Entity::update_many()
        .col_expr(C::UsedAt, ctx.now().utc().into())
        .filter(own.clone())
        .exec(&*ctx.db.autocommit().await)
        .await?;
    let kept = asset::Entity::find().select_only().column(C::Id).filter(own).into_tuple();
    Ok(kept.all(db).await?.into_iter().collect())
}
