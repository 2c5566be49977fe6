//! Deleting pictures that no competition uses.

use chrono::TimeDelta;
use domain::{AssetId, PictureWidth};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait},
};

use super::{file, read::forget};
use crate::{
    Context, Result,
    entity::{
        asset::{self, Column as C, State},
        competition, competition_picture,
    },
};

/// How long a picture is kept that no competition uses; longer than a response is replayed for.
pub(super) const UNUSED: TimeDelta = TimeDelta::days(7);
/// The time after which an upload is not under way any more.
const UNFINISHED: TimeDelta = TimeDelta::hours(1);
/// How often the use of a picture is noted.
const NOTED: TimeDelta = TimeDelta::days(1);
/// The failures after which the media store is left alone until the next time.
const MAX_FAILURES: usize = 3;
/// Pictures that are deleted at a time.
const BATCH: u64 = 100;

/// Deletes the pictures that no competition has used for a week, and what is left of uploads that
/// were not finished. What the media store does not delete is left for the next time. Returns how
/// many were deleted.
///
/// # Errors
/// When the database fails.
pub(crate) async fn delete_unused(ctx: &Context) -> Result<usize> {
    note_used(ctx).await?;
    mark(ctx).await?;
    let (mut deleted, mut failed) = (0, Vec::new());
    loop {
        let ids: Vec<AssetId> = asset::Entity::find()
            .select_only()
            .column(C::Id)
            .filter(C::State.eq(State::Deleting))
            .filter(C::Id.is_not_in(failed.iter().copied()))
            .order_by_asc(C::Id)
            .limit(BATCH)
            .into_tuple()
            .all(ctx.db.connection())
            .await?;
        if ids.is_empty() {
            return Ok(deleted);
        }
        for id in ids {
            if let Err(error) = delete(ctx, id).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, asset.id = %id, "a picture cannot be deleted");
                failed.push(id);
                if failed.len() == MAX_FAILURES {
                    return Ok(deleted);
                }
                continue;
            }
            deleted += 1;
        }
    }
}

/// Deletes the files of a picture, and then its row.
async fn delete(ctx: &Context, id: AssetId) -> Result<()> {
    for width in PictureWidth::ALL {
        ctx.assets.store.delete(&file(id, width)).await?;
    }
    forget(ctx, id);
    asset::Entity::delete_by_id(id).exec(&*ctx.db.autocommit().await).await?;
    Ok(())
}

/// Counts the time for which pictures are kept from now where competitions use them; once a day,
/// because it writes.
async fn note_used(ctx: &Context) -> Result<()> {
    let now = ctx.now().utc();
    asset::Entity::update_many()
        .col_expr(C::UsedAt, now.into())
        .filter(C::State.eq(State::Stored))
        .filter(C::UsedAt.lt(now - NOTED))
        .filter(is_used())
        .exec(&*ctx.db.autocommit().await)
        .await?;
    Ok(())
}

/// Whether a competition uses the picture, as its cover or in its texts.
pub(super) fn is_used() -> Expr {
    let this = (asset::Entity, C::Id);
    let as_cover = competition::Entity::find()
        .select_only()
        .column(competition::Column::Id)
        .filter(Expr::col((competition::Entity, competition::Column::CoverId)).equals(this))
        .into_query();
    let in_text = competition_picture::Entity::find()
        .select_only()
        .column(competition_picture::Column::AssetId)
        .filter(
            Expr::col((competition_picture::Entity, competition_picture::Column::AssetId))
                .equals(this),
        )
        .into_query();
    Expr::exists(as_cover).or(Expr::exists(in_text))
}

/// Marks the pictures to be deleted. One that is chosen at the same time is kept: the condition on
/// `used_at` is checked again after the wait for its row.
async fn mark(ctx: &Context) -> Result<()> {
    let now = ctx.now().utc();
    let unused = Condition::all()
        .add(C::State.eq(State::Stored))
        // Those of deleted accounts at once.
        .add(C::UsedAt.lt(now - UNUSED).or(C::OwnerId.is_null()))
        .add(is_used().not());
    let unfinished =
        Condition::all().add(C::State.eq(State::Storing)).add(C::CreatedAt.lt(now - UNFINISHED));
    asset::Entity::update_many()
        .col_expr(C::State, State::Deleting.into())
        .filter(Condition::any().add(unused).add(unfinished))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    Ok(())
}
