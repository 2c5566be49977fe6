//! The operations of the description.

use utoipa::openapi::path::{Operation, PathItem};

/// The operations of a path, and whether each only reads.
pub(super) fn operations(item: &mut PathItem) -> impl Iterator<Item = (bool, &mut Operation)> {
    let all = [
        (true, &mut item.get),
        (false, &mut item.post),
        (false, &mut item.patch),
        (false, &mut item.delete),
    ];
    all.into_iter().filter_map(|(reads, operation)| Some((reads, operation.as_mut()?)))
}
