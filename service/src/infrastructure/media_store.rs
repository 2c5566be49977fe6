//! Where pictures are stored: a folder, or a bucket of a service that speaks S3.

use std::{
    path::{Path as FilePath, PathBuf},
    sync::{Arc, OnceLock},
    time::Duration,
};

use object_store::{
    ClientOptions, ObjectStore, ObjectStoreExt, RetryConfig, aws::AmazonS3Builder,
    local::LocalFileSystem, memory::InMemory, path::Path, prefix::PrefixStore,
};
use url::Url;

use super::{ids::new_id, private_files::create_private_folder};
use crate::{Error, Result};

/// How long one request to a bucket may take.
const REQUEST: Duration = Duration::from_secs(10);
/// How long connecting to it may take.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a request to it is retried; less than the time limit of a request to the site.
const RETRY: Duration = Duration::from_secs(15);

/// Stores pictures, by their names. Cheap to clone.
#[derive(Clone, Debug)]
pub struct MediaStore(Arc<Place>);

#[derive(Debug)]
struct Place {
    /// The folder, if it is one.
    folder: Option<PathBuf>,
    opened: OnceLock<Box<dyn ObjectStore>>,
}

impl MediaStore {
    /// A folder, which is created when it is used first. All processes of an installation need the
    /// same.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self(Arc::new(Place { folder: Some(folder), opened: OnceLock::new() }))
    }

    fn opened(store: impl ObjectStore) -> Self {
        let opened: Box<dyn ObjectStore> = Box::new(store);
        Self(Arc::new(Place { folder: None, opened: opened.into() }))
    }

    fn open(&self) -> Result<&dyn ObjectStore> {
        let Place { folder, opened } = &*self.0;
        if let (None, Some(folder)) = (opened.get(), folder) {
            let store = open_folder(folder)?;
            // Another thread may have opened it meanwhile.
            let _ = opened.set(Box::new(store));
        }
        Ok(opened.get().expect("a bucket is opened at once").as_ref())
    }

    /// A bucket, from `s3://BUCKET` or `s3://BUCKET/PREFIX`. The rest of its configuration is in
    /// the environment, as for the programs of AWS: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`,
    /// `AWS_REGION`, `AWS_ENDPOINT_URL`. Connects to nothing yet.
    ///
    /// # Errors
    /// A sentence, when the URL or the environment is wrong.
    pub fn in_bucket(url: &Url) -> Result<Self, String> {
        let options = ClientOptions::new().with_timeout(REQUEST).with_connect_timeout(CONNECT);
        let retry = RetryConfig { max_retries: 3, retry_timeout: RETRY, ..Default::default() };
        let is_plain = std::env::var("AWS_ENDPOINT_URL")
            .or_else(|_| std::env::var("AWS_ENDPOINT"))
            .is_ok_and(|endpoint| endpoint.starts_with("http://"));
        let store = AmazonS3Builder::from_env()
            .with_client_options(options)
            .with_allow_http(is_plain)
            .with_retry(retry)
            .with_url(url.as_str())
            .build()
            .map_err(|error| error.to_string())?;
        let prefix = Path::from_url_path(url.path()).map_err(|error| error.to_string())?;
        Ok(Self::opened(PrefixStore::new(store, prefix)))
    }

    /// The memory of this process, for tests.
    pub fn in_memory() -> Self {
        Self::opened(InMemory::new())
    }

    /// Stores a file. Another one of this name is replaced.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub(crate) async fn put(&self, name: &str, content: Vec<u8>) -> Result<()> {
        self.open()?.put(&Path::from(name), content.into()).await?;
        Ok(())
    }

    /// The content of a file; `None` if there is none of this name.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub(crate) async fn get(&self, name: &str) -> Result<Option<Vec<u8>>> {
        match self.open()?.get(&Path::from(name)).await {
            Ok(file) => Ok(Some(file.bytes().await?.into())),
            Err(object_store::Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// Whether there is a file of this name.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub(crate) async fn has(&self, name: &str) -> Result<bool> {
        match self.open()?.head(&Path::from(name)).await {
            Ok(_) => Ok(true),
            Err(object_store::Error::NotFound { .. }) => Ok(false),
            Err(error) => Err(error.into()),
        }
    }

    /// Deletes a file, if there is one of this name.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub(crate) async fn delete(&self, name: &str) -> Result<()> {
        match self.open()?.delete(&Path::from(name)).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// Checks that files can be stored and read.
    ///
    /// # Errors
    /// As for [`Self::put`], or a file that is read differently from how it was stored.
    pub async fn check(&self) -> Result<()> {
        // Other processes may check at the same time.
        let name = format!("check-{}", new_id());
        let content = b"mini-compete";
        self.put(&name, content.to_vec()).await?;
        let read = self.get(&name).await?;
        self.delete(&name).await?;
        match read {
            Some(read) if read == content => Ok(()),
            _ => Err(Error::Corrupt("a file of the media store is not what was stored".into())),
        }
    }
}

fn open_folder(folder: &FilePath) -> object_store::Result<LocalFileSystem> {
    create_private_folder(folder).map_err(|error| object_store::Error::Generic {
        store: "folder",
        source: format!("{}: {error}", folder.display()).into(),
    })?;
    let store = LocalFileSystem::new_with_prefix(folder)?;
    Ok(store.with_automatic_cleanup(true).with_fsync(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_file_is_stored_read_and_deleted_in_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let store = MediaStore::in_folder(folder.path().join("media"));
        assert!(!folder.path().join("media").exists(), "nothing is created before it is used");
        store.check().await.unwrap();
        store.put("a/1.jpg", vec![1, 2]).await.unwrap();
        store.put("a/1.jpg", vec![3]).await.unwrap();
        assert_eq!(store.get("a/1.jpg").await.unwrap(), Some(vec![3]));
        assert_eq!(store.get("a/2.jpg").await.unwrap(), None);
        assert_eq!(store.get("../media/a/1.jpg").await.unwrap(), None, "no way out of the folder");
        store.delete("a/1.jpg").await.unwrap();
        store.delete("a/1.jpg").await.unwrap();
        assert_eq!(store.get("a/1.jpg").await.unwrap(), None);
        assert!(!folder.path().join("media/a").exists(), "an empty folder does not stay");
    }

    #[test]
    fn a_bucket_is_named_by_its_url() {
        let url = |text: &str| Url::parse(text).unwrap();
        crate::install_crypto_provider();
        assert!(MediaStore::in_bucket(&url("s3://club/media")).is_ok());
        assert!(MediaStore::in_bucket(&url("ftp://club/media")).is_err());
    }
}
