//! The weight of files in caches.

use std::sync::Arc;

use quick_cache::Weighter;

/// Bytes of an entry besides its file.
const ENTRY: u64 = 100;

/// Weighs files by their size, for caches that are bounded by bytes.
#[derive(Clone, Debug)]
pub(crate) struct FileSize;

impl<K> Weighter<K, Arc<[u8]>> for FileSize {
    fn weight(&self, _: &K, file: &Arc<[u8]>) -> u64 {
        file.len() as u64 + ENTRY
    }
}

impl<K> Weighter<K, Option<Arc<[u8]>>> for FileSize {
    fn weight(&self, _: &K, file: &Option<Arc<[u8]>>) -> u64 {
        file.as_ref().map_or(0, |file| file.len() as u64) + ENTRY
    }
}
