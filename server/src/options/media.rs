//! Options of pictures.

use clap::Args;
use service::MediaStore;
use url::Url;

use super::Optional;
use crate::data_folder;

/// The folder of pictures in the data folder.
const FOLDER: &str = "media";

/// Options of pictures.
#[derive(Clone, Debug, Args)]
pub struct MediaOptions {
    /// Where pictures are stored: a folder that all processes share, or s3://BUCKET/PREFIX
    /// [default: the folder media in the data folder]
    #[arg(long, env = "MEDIA_URL", value_parser = media_url,
          default_value = "", hide_default_value = true, global = true)]
    pub media_url: Optional,
}

impl MediaOptions {
    /// The folder or the URL of the bucket.
    pub(crate) fn place(&self, database_url: &str) -> String {
        let folder = || data_folder::of(database_url).join(FOLDER).display().to_string();
        self.media_url.0.clone().unwrap_or_else(folder)
    }

    /// The store. Nothing is created or connected to before it is used.
    ///
    /// # Errors
    /// A sentence, when the configuration of a bucket is wrong.
    pub fn open(&self, database_url: &str) -> Result<MediaStore, String> {
        let opened = match &self.media_url.0 {
            None => return Ok(MediaStore::in_folder(self.place(database_url).into())),
            Some(url) if is_bucket(url) => {
                let url = Url::parse(url).map_err(|error| error.to_string());
                url.and_then(|url| MediaStore::in_bucket(&url))
            }
            Some(folder) => return Ok(MediaStore::in_folder(folder.into())),
        };
        opened.map_err(|error| format!("MEDIA_URL: {error}"))
    }
}

fn is_bucket(text: &str) -> bool {
    text.starts_with("s3://")
}

fn media_url(text: &str) -> Result<Optional, String> {
    Optional::parse(text, |text| {
        if is_bucket(text) {
            let url = Url::parse(text).map_err(|error| error.to_string())?;
            if url.host_str().is_none_or(str::is_empty) {
                return Err("it must name a bucket, as in s3://BUCKET".to_owned());
            }
        } else if text.contains("://") {
            return Err("it must be a folder, or begin with s3://".to_owned());
        }
        Ok(text.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_are_stored_in_a_folder_or_in_a_bucket() {
        for right in ["", "/srv/media", "media", "s3://club", "s3://club/mini-compete"] {
            assert!(media_url(right).is_ok(), "{right}");
        }
        for wrong in ["s3://", "https://club.example/media", "file:///srv/media"] {
            assert!(media_url(wrong).is_err(), "{wrong}");
        }
    }
}
