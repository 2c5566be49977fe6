//! Uploaded pictures. The rows of `assets` say which there are, the media store has their files:
//! one for each [`PictureWidth`], which never change.
//!
//! A row is there before its files and after them, so that no file is without one: an upload
//! inserts it as `STORING`, and sets it to `STORED` when all files are stored; cleaning up sets it
//! to `DELETING`, deletes the files, and then the row. When the process dies in between, the next
//! clean-up deletes what is left. Competitions use pictures that are `STORED` only. What the store
//! itself leaves of a file that was never complete is no file to it, and stays.

mod clean_up;
mod keep;
mod list;
mod pattern;
mod picture;
mod read;
mod upload;
mod use_as_cover;
mod use_in_texts;

use domain::{AssetId, PictureWidth};

use self::read::Files;
pub(crate) use self::{
    clean_up::delete_unused,
    use_as_cover::use_as_cover,
    use_in_texts::{Texts, pictures_named_in, use_in_texts},
};
pub use self::{
    list::list, pattern::pattern, picture::MAX_PIXELS, read::read, upload::upload,
    use_in_texts::pictures_shown_in,
};
use crate::{MediaStore, infrastructure::one_at_a_time::OneAtATime};

/// The pictures of an installation.
#[derive(Debug)]
pub(crate) struct Assets {
    store: MediaStore,
    /// One picture is decoded at a time: it may take 400 MiB.
    decoder: OneAtATime,
    files: Files,
}

impl Assets {
    pub(crate) fn new(store: MediaStore) -> Self {
        Self { store, decoder: OneAtATime::default(), files: Files::default() }
    }

    /// Where the files are.
    pub(crate) fn store(&self) -> &MediaStore {
        &self.store
    }
}

/// The name of a file in the media store.
fn file(asset: AssetId, width: PictureWidth) -> String {
    format!("{asset}/{}.jpg", width.pixels())
}
