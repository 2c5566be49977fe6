//! The use case behind `POST /api/assets`.

use chrono::TimeDelta;
use domain::{
    Asset, AssetId, ErrorCode, MAX_ASSETS, MAX_ASSETS_A_DAY, MAX_UPLOAD, PictureWidth, PublicError,
    Role, UserId,
};
use sea_orm::{ColumnTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, SqlErr};
use sha2::{Digest, Sha256};

use super::{
    file,
    keep::keep,
    picture::{DAMAGED, Picture},
};
use crate::{
    Actor, Context, Error, Result,
    entity::asset::{self, Column as C, State},
    infrastructure::{db::bulk, ids::new_id, one_at_a_time::NotDone},
};

const DAY: TimeDelta = TimeDelta::days(1);

/// Stores a picture of the actor's: a JPEG, PNG or WebP file of at most [`MAX_UPLOAD`] bytes. A
/// file that the actor has uploaded before is stored no second time. Two uploads of one file at the
/// same time are two pictures.
///
/// A picture that no competition uses is deleted after a week.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but an organizer; [`ErrorCode::PayloadTooLarge`]; a fault
/// of the field `picture`; [`ErrorCode::TooManyAssets`]; [`ErrorCode::Overloaded`].
pub async fn upload(ctx: &Context, actor: &Actor, content: Vec<u8>) -> Result<Asset> {
    let owner = actor.require_writer(Role::Organizer)?.id;
    if content.len() > MAX_UPLOAD {
        return Err(PublicError::picture_too_large().into());
    }
    let hash = hex::encode(Sha256::digest(&content));
    if let Some(earlier) = find(ctx, owner, &hash).await? {
        return Ok(earlier.into_view());
    }
    check_numbers(ctx, owner).await?;
    let picture = decode(ctx, content).await?;
    let pixels = |number: u32| i32::try_from(number).expect("pictures are bounded");
    let now = ctx.now().utc();
    let row = asset::Model {
        id: AssetId(new_id()),
        owner_id: Some(owner),
        content_hash: hash,
        width: pixels(picture.width),
        height: pixels(picture.height),
        state: State::Storing,
        created_at: now,
        used_at: now,
    };
    let inserted = bulk::insert(&*ctx.db.autocommit().await, vec![row.clone()]).await;
    inserted.map_err(|error| match error {
        Error::Db(error) if is_missing_reference(&error) => {
            // The account was deleted while its picture was received.
            PublicError::new(ErrorCode::Unauthorized, "Unauthorized").into()
        }
        error => error,
    })?;
    for (width, content) in picture.files {
        ctx.assets.store.put(&file(row.id, width), content).await?;
    }
    let stored = asset::Entity::update_many()
        .col_expr(C::State, State::Stored.into())
        .filter(C::Id.eq(row.id))
        .filter(C::State.eq(State::Storing))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    if stored.rows_affected == 0 {
        // It took so long that a clean-up has deleted it.
        return Err(PublicError::too_many_uploads().into());
    }
    Ok(row.into_view())
}

fn is_missing_reference(error: &DbErr) -> bool {
    matches!(error.sql_err(), Some(SqlErr::ForeignKeyConstraintViolation(_)))
}

/// The picture that the owner has uploaded from a file before. It is kept from now on as if it had
/// been uploaded now.
async fn find(ctx: &Context, owner: UserId, hash: &str) -> Result<Option<asset::Model>> {
    let stored = asset::Entity::find()
        .filter(C::OwnerId.eq(owner))
        .filter(C::ContentHash.eq(hash))
        .filter(C::State.eq(State::Stored))
        .order_by_desc(C::Id)
        .one(ctx.db.connection())
        .await?;
    let Some(stored) = stored else { return Ok(None) };
    // After the database was restored from a backup they may be missing.
    for width in PictureWidth::ALL {
        if !ctx.assets.store.has(&file(stored.id, width)).await? {
            return Ok(None);
        }
    }
    let kept = keep(ctx, owner, &[stored.id].into()).await?;
    Ok(kept.contains(&stored.id).then_some(stored))
}

/// Refuses an organizer who has uploaded too many pictures, today or in all. Concurrent uploads may
/// exceed the limits by their number.
async fn check_numbers(ctx: &Context, owner: UserId) -> Result<()> {
    let own = || asset::Entity::find().filter(C::OwnerId.eq(owner));
    let db = ctx.db.connection();
    let today = own().filter(C::CreatedAt.gt(ctx.now().utc() - DAY)).count(db).await?;
    let message = if today >= MAX_ASSETS_A_DAY {
        format!(
            "You have uploaded {MAX_ASSETS_A_DAY} pictures in the last 24 hours. Try again \
             tomorrow."
        )
    } else if own().count(db).await? >= MAX_ASSETS {
        format!(
            "You have {MAX_ASSETS} pictures. Those that no competition uses are deleted after a \
             week."
        )
    } else {
        return Ok(());
    };
    Err(PublicError::new(ErrorCode::TooManyAssets, message).into())
}

async fn decode(ctx: &Context, content: Vec<u8>) -> Result<Picture> {
    let decoded = match ctx.assets.decoder.run(move || Picture::decode(&content)).await {
        Ok(decoded) => decoded,
        Err(NotDone::Busy) => return Err(PublicError::too_many_uploads().into()),
        Err(NotDone::Failed(error)) if error.is_panic() => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, "a picture could not be decoded");
            Err(DAMAGED.to_owned())
        }
        Err(NotDone::Failed(error)) => return Err(error.into()),
    };
    decoded.map_err(|fault| {
        PublicError::on_field(ErrorCode::ValidationFailed, "picture", &fault).into()
    })
}
