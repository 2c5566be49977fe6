//! The picture that other sites show beside a link to a competition.
//!
//! It says what the page says at that moment: title, date, place and seats. It is drawn when it is
//! asked for, one at a time, and kept in memory by its content: the same words are the same bytes.

mod card;
mod drawing;
mod fonts;
mod wrapping;

use std::{sync::Arc, time::Duration};

use domain::{CompetitionId, CoverWidth, ErrorCode, PublicError};
use quick_cache::{Weighter, sync::Cache};
use sha2::{Digest, Sha256};
use tokio::{sync::Semaphore, task::spawn_blocking, time::timeout};

use self::card::Card;
use crate::{Actor, Context, Result, assets, competitions::get_visible_to};

/// Bytes of the pictures that are kept in memory.
const KEPT: u64 = 8 * 1024 * 1024;
/// Pictures that the cache expects to hold, of about 60 KiB each.
const PICTURES: usize = 130;
/// How long a request waits until the pictures before it are drawn.
const MAX_WAIT: Duration = Duration::from_secs(10);

/// A picture as JPEG; `None` for one that cannot be drawn.
type Drawn = Option<Arc<[u8]>>;

/// The pictures that were drawn lately, by the hash of what they depend on.
#[derive(Debug)]
pub(crate) struct SocialPictures {
    cache: Cache<[u8; 32], Drawn, Bytes>,
    /// One is drawn at a time: it takes a core.
    drawing: Arc<Semaphore>,
}

/// Weighs a picture by its size.
#[derive(Clone, Debug)]
struct Bytes;

impl Weighter<[u8; 32], Drawn> for Bytes {
    fn weight(&self, _: &[u8; 32], picture: &Drawn) -> u64 {
        picture.as_ref().map_or(0, |picture| picture.len() as u64) + 100
    }
}

impl Default for SocialPictures {
    fn default() -> Self {
        let cache = Cache::with_weighter(PICTURES, KEPT, Bytes);
        Self { cache, drawing: Arc::new(Semaphore::new(1)) }
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
    let permit = timeout(MAX_WAIT, Arc::clone(&pictures.drawing).acquire_owned()).await;
    let Ok(Ok(permit)) = permit else {
        let message = "Too many pictures are drawn at the moment. Try again in a few seconds.";
        return Err(PublicError::new(ErrorCode::Overloaded, message).into());
    };
    // Drawn by the request before.
    if let Some(known) = pictures.cache.get(&key) {
        return Ok(known);
    }
    let cover = match &competition.cover {
        Some(cover) => assets::read(ctx, cover.asset_id, CoverWidth::Medium).await?,
        None => None,
    };
    let ctx = ctx.clone();
    let draw = move || {
        // Held until the work is done, and the picture is kept, even when the client has hung up.
        let _permit = permit;
        let drawn: Drawn = drawing::draw(&card, cover.as_deref()).map(Into::into);
        ctx.social_pictures.cache.insert(key, drawn.clone());
        drawn
    };
    match spawn_blocking(draw).await {
        Ok(drawn) => Ok(drawn),
        Err(error) if error.is_panic() => {
            let error = &error as &dyn std::error::Error;
            tracing::error!(error, competition = %id, "a social picture could not be drawn");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
}
