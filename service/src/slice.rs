//! Parts of long lists, each of which continues where the one before ended.

use chrono::{DateTime, Utc};
use domain::{ErrorCode, PublicError};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where a part of a list begins, and how long it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// The item before the part; `None` for the first part.
    pub after: Option<Position>,
    /// Items, at most.
    pub limit: u64,
}

impl Cursor {
    /// The first part of the given length.
    pub fn first(limit: u64) -> Self {
        Self { after: None, limit }
    }
}

/// The place of an item in an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The column that the list is ordered by.
    pub(crate) key: PositionKey,
    /// Orders the items that are equal in it.
    pub(crate) id: Uuid,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum PositionKey {
    Time(DateTime<Utc>),
    Text(String),
    Number(i32),
    /// Behind every time.
    NoTime,
}

impl Position {
    /// The error for a text that is no position in the list.
    pub fn invalid() -> PublicError {
        let message = "The cursor is not one of this list with these parameters. Begin again with \
             an empty cursor.";
        PublicError::new(ErrorCode::InvalidCursor, message)
    }
}

/// A part of a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Slice<T> {
    /// The items.
    pub items: Vec<T>,
    /// The last item's position, if there are more.
    pub next: Option<Position>,
}

impl<T> Slice<T> {
    /// The same part with each item changed.
    ///
    /// # Errors
    /// Those of `change`.
    pub(crate) fn try_map<U, E>(
        self,
        change: impl FnMut(T) -> Result<U, E>,
    ) -> Result<Slice<U>, E> {
        let items = self.items.into_iter().map(change).collect::<Result<_, E>>()?;
        Ok(Slice { items, next: self.next })
    }
}
