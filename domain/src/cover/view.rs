//! The cover of a competition.

use serde::{Deserialize, Serialize};

use super::focus::CoverFocus;
use crate::AssetId;

/// A width that pictures are stored with. A narrower picture is not enlarged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CoverWidth {
    /// For cards.
    Small,
    /// For pages on a phone.
    Medium,
    /// For wide screens.
    Large,
}

impl CoverWidth {
    /// Every width there is, narrowest first.
    pub const ALL: [Self; 3] = [Self::Small, Self::Medium, Self::Large];

    /// The width, in pixels.
    pub fn pixels(self) -> u32 {
        match self {
            Self::Small => 480,
            Self::Medium => 960,
            Self::Large => 1600,
        }
    }

    /// The path of a picture at this width.
    pub fn path(self, asset: AssetId) -> String {
        format!("/media/{asset}/{}.jpg", self.pixels())
    }
}

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
        Self { path: CoverWidth::Large.path(asset_id), asset_id, alt, focus }
    }
}
