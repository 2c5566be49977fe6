//! Choosing a picture as the cover of a competition.

use domain::{AssetId, CoverDraft, ErrorCode, PublicError, UserId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Context, Result,
    entity::asset::{self, Column as C, State},
};

/// Checks that the picture of a cover is one of the organizer's. From then on it stays for a week,
/// also if no competition uses it, so that the edit that follows finds it.
///
/// # Errors
/// A fault of the field `cover.assetId`.
pub(crate) async fn use_as_cover(
    ctx: &Context,
    organizer: UserId,
    cover: Option<&CoverDraft>,
) -> Result<()> {
    let Some(cover) = cover else { return Ok(()) };
    if keep(ctx, organizer, cover.asset_id).await? {
        return Ok(());
    }
    let message = "Picture must be one that you have uploaded in the last week, or the cover of a \
                   competition of yours";
    Err(PublicError::on_field(ErrorCode::ValidationFailed, "cover.assetId", message).into())
}

/// Counts the time for which a picture is kept from now. `false` if the owner has none of this id,
/// or it is being deleted.
pub(super) async fn keep(ctx: &Context, owner: UserId, id: AssetId) -> Result<bool> {
    let kept = asset::Entity::update_many()
        .col_expr(C::UsedAt, ctx.now().utc().into())
        .filter(C::Id.eq(id))
        .filter(C::OwnerId.eq(owner))
        .filter(C::State.eq(State::Stored))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    Ok(kept.rows_affected > 0)
}
