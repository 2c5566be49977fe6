//! Reads a list in parts, each from the last item of the part before (keyset pagination). Items
//! that are added or deleted in the meantime neither repeat nor hide any other.

use sea_orm::{
    QueryFilter, QueryOrder, QuerySelect,
    prelude::DateTimeUtc,
    sea_query::{Expr, ExprTrait, IntoColumnRef, Order, SimpleExpr, Value},
};
use uuid::Uuid;

use crate::{
    Result,
    slice::{Cursor, Position, PositionKey, Slice},
};

/// The order of a list: by a column that is never NULL, and by id.
#[derive(Clone, Debug)]
pub(crate) struct Keyset {
    key: SimpleExpr,
    id: SimpleExpr,
    order: Order,
    kind: Kind,
}

/// The type of the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Time,
    Text,
}

impl Keyset {
    /// By a column of times.
    pub(crate) fn by_time(key: impl IntoColumnRef, id: impl IntoColumnRef, order: Order) -> Self {
        Self { key: Expr::col(key), id: Expr::col(id), order, kind: Kind::Time }
    }

    /// By a column of texts.
    pub(crate) fn by_text(key: impl IntoColumnRef, id: impl IntoColumnRef, order: Order) -> Self {
        Self { key: Expr::col(key), id: Expr::col(id), order, kind: Kind::Text }
    }

    /// The whole list in order.
    pub(crate) fn sort<S: QueryOrder>(&self, select: S) -> S {
        let select = select.order_by(self.key.clone(), self.order.clone());
        select.order_by(self.id.clone(), self.order.clone())
    }

    /// The items after `position`, in order. Both columns are compared at once, as a row: that is a
    /// range of an index of both.
    ///
    /// # Errors
    /// [`domain::ErrorCode::InvalidCursor`] for a position in another order.
    pub(crate) fn after<S>(&self, select: S, position: Option<&Position>) -> Result<S>
    where
        S: QueryFilter + QueryOrder,
    {
        let select = self.sort(select);
        let Some(Position { key, id }) = position else { return Ok(select) };
        let key = match (self.kind, key) {
            (Kind::Time, PositionKey::Time(time)) => Value::from(*time),
            (Kind::Text, PositionKey::Text(text)) => Value::from(text.clone()),
            _ => return Err(Position::invalid().into()),
        };
        let row = Expr::tuple([self.key.clone(), self.id.clone()]);
        let last = Expr::tuple([Expr::val(key), Expr::val(*id)]);
        let behind = if self.order == Order::Desc { row.lt(last) } else { row.gt(last) };
        Ok(select.filter(behind))
    }

    /// The part of a list at `cursor`, and one item more, which [`Slice::cut`] takes off.
    ///
    /// # Errors
    /// As for [`Self::after`].
    pub(crate) fn part<S>(&self, select: S, cursor: &Cursor) -> Result<S>
    where
        S: QueryFilter + QueryOrder + QuerySelect,
    {
        Ok(self.after(select, cursor.after.as_ref())?.limit(cursor.limit + 1))
    }
}

impl<T> Slice<T> {
    /// A slice of at most `limit` rows, of one more. `position` is that of a row.
    pub(crate) fn cut(mut rows: Vec<T>, limit: u64, position: impl FnOnce(&T) -> Position) -> Self {
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let has_more = rows.len() > limit;
        rows.truncate(limit);
        let next = rows.last().filter(|_| has_more).map(position);
        Self { items: rows, next }
    }
}

impl Position {
    pub(crate) fn at_time(time: DateTimeUtc, id: impl Into<Uuid>) -> Self {
        Self { key: PositionKey::Time(time), id: id.into() }
    }

    pub(crate) fn at_text(text: impl Into<String>, id: impl Into<Uuid>) -> Self {
        Self { key: PositionKey::Text(text.into()), id: id.into() }
    }
}
