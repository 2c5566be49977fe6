//! Uploaded pictures, and the covers of competitions.

mod asset;
mod focus;
mod input;
mod view;
mod width;

pub use asset::{Asset, MAX_ASSETS, MAX_ASSETS_A_DAY, MAX_UPLOAD, OwnPicture};
pub use focus::CoverFocus;
pub(crate) use input::cover;
pub use input::{CoverDraft, CoverInput};
pub use view::Cover;
pub use width::PictureWidth;
