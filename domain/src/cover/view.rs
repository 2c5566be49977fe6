//! The cover of a competition.

use serde::{Deserialize, Serialize};

use super::{focus::CoverFocus, width::PictureWidth};
use crate::AssetId;

/// The cover of a competition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "camelCase")]
pub struct Cover {
    /// The picture.
    pub asset_id: AssetId,
    /// What the picture shows, for those who do not see it.
    #[cfg_attr(feature = "openapi", schema(example = "Two teams at a table full of laptops"))]
    pub alt: String,
    /// The part that stays in view where the picture is cropped.
    #[cfg_attr(feature = "openapi", schema(example = "CENTER"))]
    pub focus: CoverFocus,
    /// Where the picture is on this site, at its largest width. With 480 or 960 in place of 1600 it
    /// is smaller.
    #[cfg_attr(
        feature = "openapi",
        schema(example = "/media/01939c2e-7b5a-7000-8000-000000000001/1600.jpg")
    )]
    pub path: String,
}

impl Cover {
    /// The cover that shows an asset.
    pub fn new(asset_id: AssetId, alt: String, focus: CoverFocus) -> Self {
        Self { path: PictureWidth::Large.path(asset_id), asset_id, alt, focus }
    }
}
