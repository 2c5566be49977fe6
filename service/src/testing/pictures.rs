//! Pictures to upload.

use std::{io::Cursor, sync::Arc};

use domain::{Asset, AssetId, CompetitionId, CompetitionPatch};
use image::{ImageFormat, Rgb, RgbImage};
use sea_orm::{EntityTrait, PaginatorTrait};
use serde_json::json;

use super::{World, settings};
use crate::{
    Actor, Context, MediaStore, Result, Settings, assets, competitions,
    entity::asset,
    infrastructure::{db::bulk, ids::new_id},
};

/// A PNG file of one colour, of at most 255 shades.
///
/// # Panics
/// Never: there is memory for it.
pub fn picture(width: u32, height: u32, shade: u8) -> Vec<u8> {
    let mut file = Cursor::new(Vec::new());
    let pixels = RgbImage::from_pixel(width, height, Rgb([shade, 80, 160]));
    pixels.write_to(&mut file, ImageFormat::Png).expect("memory");
    file.into_inner()
}

impl World {
    /// A picture that the organizer has uploaded; the same one for the same shade.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn picture(&self, organizer: &Actor, shade: u8) -> Asset {
        let uploaded = assets::upload(&self.ctx, organizer, picture(640, 320, shade)).await;
        uploaded.expect("a picture")
    }

    /// Sets the cover of a competition.
    ///
    /// # Errors
    /// As for [`competitions::edit`].
    pub async fn set_cover(
        &self,
        organizer: &Actor,
        competition: CompetitionId,
        asset: &Asset,
    ) -> Result<()> {
        let cover = json!({ "cover": { "assetId": asset.id, "alt": "A colour" } });
        let patch: CompetitionPatch = serde_json::from_value(cover).expect("a cover");
        competitions::edit(&self.ctx, organizer, competition, patch, None).await?.outcome?;
        Ok(())
    }

    /// Makes rows of pictures that the organizer has uploaded now, without files.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn earlier_pictures(&self, organizer: &Actor, number: u64) {
        let owner = organizer.user().expect("a user").id;
        let now = self.ctx.now().utc();
        let row = |number: u64| asset::Model {
            id: AssetId(new_id()),
            owner_id: Some(owner),
            content_hash: number.to_string(),
            width: 640,
            height: 320,
            state: asset::State::Stored,
            created_at: now,
            used_at: now,
        };
        let db = self.ctx.db.autocommit().await;
        bulk::insert(&*db, (0..number).map(row).collect()).await.expect("rows");
    }

    /// The number of pictures, those that are being stored or deleted included.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn assets(&self) -> u64 {
        asset::Entity::find().count(self.ctx.db.connection()).await.expect("a number")
    }

    /// Another process, whose pictures are stored in `media`.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn process_with_media(&self, media: MediaStore) -> Context {
        let settings = Settings { media, ..settings() };
        let clock = Arc::clone(&self.clock);
        let db = self.database.connect().await;
        Context::with_clock(db, self.redis.connect(), settings, clock)
    }
}
