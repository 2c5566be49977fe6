//! The cover of a competition: how it is shown, and the page where its organizer sets it.

mod image;
mod page;
mod typed_cover;

pub(crate) use image::CoverImage;
pub use image::CoverPicture;
pub use page::{CoverPage, CoverScreen};
pub use typed_cover::{FocusChoice, TypedCover};
