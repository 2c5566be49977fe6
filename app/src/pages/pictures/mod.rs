//! The pictures of an organizer, for the texts of competitions.

mod add_picture;
mod page;
mod upload;

pub(crate) use add_picture::AddPicture;
pub use page::{PictureRow, PicturesPage, PicturesScreen, load_pictures};
pub use upload::upload_picture;

/// The address of the page.
pub(crate) const PAGE: &str = "/pictures";

/// What shows a picture in a text: the words for those who do not see it, and its path.
fn markdown(path: &str) -> String {
    format!("![{WORDS}]({path})")
}

/// The words to replace.
const WORDS: &str = "What the picture shows";
