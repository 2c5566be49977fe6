//! The picture that other sites show beside a link to a competition.
//!
//! It says what the page says at that moment: title, date, place and seats. It is drawn when it is
//! asked for, one at a time, and kept in memory by its content: the same words are the same bytes.

mod card;
mod drawing;
mod fonts;
mod wrapping;

use std::sync::Arc;

use domain::{CompetitionId, ErrorCode, PictureWidth, PublicError};
use quick_cache::sync::Cache;
use sha2::{Digest, Sha256};

use self::card::Card;
use crate::{
    Actor, Context, Result, assets,
    competitions::get_visible_to,
    infrastructure::{
        file_size::FileSize,
        one_at_a_time::{NotDone, OneAtATime},
    },
};

/// Bytes of the pictures that are kept in memory.
const KEPT: u64 = 8 * 1024 * 1024;
/// Pictures that the cache expects to hold, of about 60 KiB each.
const PICTURES: usize = 130;

/// A picture as JPEG; `None` for one that cannot be drawn.
type Drawn = Option<Arc<[u8]>>;

/// The pictures that were drawn lately, by the hash of what they depend on.
#[derive(Debug)]
pub(crate) struct SocialPictures {
    cache: Cache<[u8; 32], Drawn, FileSize>,
    drawing: OneAtATime,
}

impl Default for SocialPictures {
    fn default() -> Self {
        let cache = Cache::with_weighter(PICTURES, KEPT, FileSize);
        Self { cache, drawing: OneAtATime::default() }
    }
}

/// The picture of a competition that everyone with its link can see: JPEG, 1,200 by 630 pixels.
/// `None` if no font has the letters of its title.
///
/// # Errors
/// [`ErrorCode::CompetitionNotFound`], also for drafts; [`ErrorCode::Overloaded`]; when the
/// database or the media store fails.
pub async fn social_picture(ctx: &Context, id: CompetitionId) -> Result<Option<Arc<[u8]>>> {
    let competition = get_visible_to(ctx, &Actor::anonymous(), id).await?.competition;
    let card = Card::of(&competition, ctx.now());
    let key: [u8; 32] = Sha256::digest(card.text()).into();
    let pictures = &ctx.social_pictures;
    if let Some(known) = pictures.cache.get(&key) {
        return Ok(known);
    }
    let cover = match &competition.cover {
        Some(cover) => assets::read(ctx, cover.asset_id, PictureWidth::Medium).await?,
        None => None,
    };
    let kept = ctx.clone();
    let draw = move || {
        let cache = &kept.social_pictures.cache;
        // Drawn by the request before.
        if let Some(known) = cache.get(&key) {
            return known;
        }
        let drawn: Drawn = drawing::draw(&card, cover.as_deref()).map(Into::into);
        cache.insert(key, drawn.clone());
        drawn
    };
    match pictures.drawing.run(draw).await {
        Ok(drawn) => Ok(drawn),
        Err(NotDone::Busy) => {
            let message = "Too many pictures are drawn at the moment. Try again in a few seconds.";
            Err(PublicError::new(ErrorCode::Overloaded, message).into())
        }
        Err(NotDone::Failed(error)) if error.is_panic() => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, competition = %id, "a social picture could not be drawn");
            Ok(None)
        }
        Err(NotDone::Failed(error)) => Err(error.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{registration::register, testing::World};

    #[tokio::test]
    async fn a_picture_is_kept_until_what_it_shows_changes() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let sprint = world.competition(&ada).seats(2).create().await;
        let shown = async || social_picture(&world.ctx, sprint).await.unwrap().unwrap();
        let first = shown().await;
        assert!(Arc::ptr_eq(&first, &shown().await));
        let ben = world.participant("Ben").await;
        register(&world.ctx, &ben, sprint, None).await.unwrap().outcome.unwrap();
        assert!(!Arc::ptr_eq(&first, &shown().await));
    }
}
