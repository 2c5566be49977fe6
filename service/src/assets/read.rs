//! The files of pictures.

use std::sync::Arc;

use domain::{AssetId, PictureWidth};
use quick_cache::sync::Cache;
use tokio::sync::Semaphore;

use super::file;
use crate::{Context, Result, infrastructure::file_size::FileSize};

/// Bytes of the files that are kept in memory.
const CACHED: u64 = 16 * 1024 * 1024;
/// Files that the cache expects to hold.
const FILES: usize = 500;
/// Files that are read from the media store at a time.
const AT_ONCE: usize = 16;

/// The files that were read lately: they never change. A bucket is asked for one once, however many
/// visitors open a page at the same time.
#[derive(Debug)]
pub(super) struct Files {
    cache: Cache<(AssetId, u32), Arc<[u8]>, FileSize>,
    reads: Semaphore,
}

impl Default for Files {
    fn default() -> Self {
        let cache = Cache::with_weighter(FILES, CACHED, FileSize);
        Self { cache, reads: Semaphore::new(AT_ONCE) }
    }
}

/// A picture as JPEG, at one of its widths; `None` if there is no such picture. Everyone with its
/// id may see it.
///
/// # Errors
/// When the media store fails.
pub async fn read(ctx: &Context, asset: AssetId, width: PictureWidth) -> Result<Option<Arc<[u8]>>> {
    let files = &ctx.assets.files;
    let entry = match files.cache.get_value_or_guard_async(&(asset, width.pixels())).await {
        Ok(file) => return Ok(Some(file)),
        Err(entry) => entry,
    };
    let _permit = files.reads.acquire().await;
    let Some(file) = ctx.assets.store.get(&file(asset, width)).await? else { return Ok(None) };
    let file: Arc<[u8]> = file.into();
    // An error means that the entry was removed meanwhile.
    let _ = entry.insert(Arc::clone(&file));
    Ok(Some(file))
}

/// Forgets the files of a picture that is deleted.
pub(super) fn forget(ctx: &Context, asset: AssetId) {
    for width in PictureWidth::ALL {
        ctx.assets.files.cache.remove(&(asset, width.pixels()));
    }
}
