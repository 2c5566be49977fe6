//! The widths of uploaded pictures, and their paths.

use crate::AssetId;

/// A width that pictures are stored with. A narrower picture is not enlarged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PictureWidth {
    /// For cards.
    Small,
    /// For pages on a phone.
    Medium,
    /// For wide screens.
    Large,
}

impl PictureWidth {
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

    /// The picture and the width of a path that [`PictureWidth::path`] returns; `None` for another
    /// address.
    pub fn of_path(path: &str) -> Option<(AssetId, Self)> {
        let (asset, _) = path.strip_prefix("/media/")?.split_once('/')?;
        let asset = asset.parse().ok()?;
        let width = Self::ALL.into_iter().find(|width| width.path(asset) == path)?;
        Some((asset, width))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_read_as_it_is_written_and_no_other_address_is_one() {
        let asset: AssetId = "01939c2e-7b5a-7000-8000-000000000001".parse().unwrap();
        for width in PictureWidth::ALL {
            assert_eq!(PictureWidth::of_path(&width.path(asset)), Some((asset, width)));
        }
        for other in [
            "",
            "/media/01939c2e-7b5a-7000-8000-000000000001/700.jpg",
            "/media/01939c2e-7b5a-7000-8000-000000000001/1600.jpg?x",
            "/media/01939C2E-7B5A-7000-8000-000000000001/1600.jpg",
            "/media/01939c2e-7b5a-7000-8000-000000000001/../1600.jpg",
            "/media/patterns/01939c2e-7b5a-7000-8000-000000000001.svg",
            "//media/01939c2e-7b5a-7000-8000-000000000001/1600.jpg",
            "https://a.example/media/01939c2e-7b5a-7000-8000-000000000001/1600.jpg",
        ] {
            assert_eq!(PictureWidth::of_path(other), None, "{other}");
        }
    }
}
