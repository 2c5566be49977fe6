//! The part of a picture that stays in view.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

use crate::Raw;

/// The part of a cover that stays in view where it is cropped.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "sea-orm", derive(sea_orm::EnumIter, sea_orm::DeriveActiveEnum))]
#[cfg_attr(
    feature = "sea-orm",
    sea_orm(rs_type = "String", db_type = "Text", rename_all = "SCREAMING_SNAKE_CASE")
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum CoverFocus {
    /// The upper left corner.
    TopLeft,
    /// The middle of the upper edge.
    Top,
    /// The upper right corner.
    TopRight,
    /// The middle of the left edge.
    Left,
    /// The middle.
    #[default]
    Center,
    /// The middle of the right edge.
    Right,
    /// The lower left corner.
    BottomLeft,
    /// The middle of the lower edge.
    Bottom,
    /// The lower right corner.
    BottomRight,
}

impl CoverFocus {
    /// Every part there is, row by row.
    pub const ALL: [Self; 9] = [
        Self::TopLeft,
        Self::Top,
        Self::TopRight,
        Self::Left,
        Self::Center,
        Self::Right,
        Self::BottomLeft,
        Self::Bottom,
        Self::BottomRight,
    ];

    /// The name on the wire and in the database.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::TopLeft => "TOP_LEFT",
            Self::Top => "TOP",
            Self::TopRight => "TOP_RIGHT",
            Self::Left => "LEFT",
            Self::Center => "CENTER",
            Self::Right => "RIGHT",
            Self::BottomLeft => "BOTTOM_LEFT",
            Self::Bottom => "BOTTOM",
            Self::BottomRight => "BOTTOM_RIGHT",
        }
    }
}

impl fmt::Display for CoverFocus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for CoverFocus {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|focus| focus.as_str() == text);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            format!("Focus must be one of {known}")
        })
    }
}

/// The focus of a new cover is [`CoverFocus::Center`] unless it is given.
pub(super) fn cover_focus(raw: &Raw<String>) -> Result<CoverFocus, String> {
    match raw {
        Raw::Missing => Ok(CoverFocus::default()),
        Raw::WrongType => "".parse(),
        Raw::Given(text) => text.parse(),
    }
}
