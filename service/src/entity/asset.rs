//! An uploaded picture.

use domain::{Asset, AssetId, PictureWidth, UserId};
use sea_orm::entity::prelude::*;

use super::count;

/// What is known about the files of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, serde::Serialize)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "UPPERCASE")]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum State {
    /// They are being stored, or were when the process died.
    Storing,
    /// All of them are there.
    Stored,
    /// They are being deleted. No competition can use the picture any more.
    Deleting,
}

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, serde::Serialize)]
#[sea_orm(table_name = "assets")]
pub(crate) struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub(crate) id: AssetId,
    /// The organizer who has uploaded it; `None` once the account is deleted.
    pub(crate) owner_id: Option<UserId>,
    /// SHA-256 of the uploaded file, in hexadecimal digits.
    pub(crate) content_hash: String,
    /// Pixels.
    pub(crate) width: i32,
    /// Pixels.
    pub(crate) height: i32,
    pub(crate) state: State,
    pub(crate) created_at: DateTimeUtc,
    /// When it was uploaded last, or chosen for a competition.
    pub(crate) used_at: DateTimeUtc,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub(crate) enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl Model {
    pub(crate) fn into_view(self) -> Asset {
        Asset {
            id: self.id,
            width: count(self.width),
            height: count(self.height),
            path: PictureWidth::Large.path(self.id),
            created_at: self.created_at.into(),
        }
    }
}
