//! Uploaded pictures.

use serde::{Deserialize, Serialize};

use crate::{AssetId, Timestamp};

/// The largest picture that can be uploaded, in bytes.
pub const MAX_UPLOAD: usize = 8 * 1024 * 1024;
/// The most pictures that an organizer can upload in 24 hours.
pub const MAX_ASSETS_A_DAY: u64 = 100;

/// The most pictures of an organizer.
pub const MAX_ASSETS: u64 = 1_000;

/// A picture that an organizer has uploaded. Its content never changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Asset {
    /// Which one.
    pub id: AssetId,
    /// The width of the picture, in pixels.
    #[cfg_attr(feature = "openapi", schema(example = 2400))]
    pub width: u32,
    /// The height of the picture, in pixels.
    #[cfg_attr(feature = "openapi", schema(example = 1350))]
    pub height: u32,
    /// Where the picture is on this site, at its largest width.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "/media/01939c2e-7b5a-7000-8000-000000000001/1600.jpg")
    )]
    pub path: String,
    /// When it was uploaded.
    pub created_at: Timestamp,
}

/// A picture as the organizer who has uploaded it sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct OwnPicture {
    /// The picture.
    #[serde(flatten)]
    pub asset: Asset,
    /// Until when it is kept; null while a competition uses it.
    #[cfg_attr(feature = "openapi", schema(required))]
    pub kept_until: Option<Timestamp>,
}
