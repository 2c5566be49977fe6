//! Reads a list in parts, each from the last item of the part before (keyset pagination). Items
//! that are added or deleted in the meantime neither repeat nor hide any other.

use std::{collections::HashMap, hash::Hash, ops::Range};

use sea_orm::{
    ConnectionTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select, TryGetable,
    prelude::DateTimeUtc,
    sea_query::{Expr, ExprTrait, Func, IntoColumnRef, Order, SimpleExpr, Value},
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
    Number,
}

impl Keyset {
    /// By id, by a sort; see [`by_sorting`](Self::by_sorting).
    pub(crate) fn by_id(id: impl IntoColumnRef) -> Self {
        let id = Expr::col(id);
        Self { key: id.clone(), id, order: Order::Asc, kind: Kind::Text }.by_sorting()
    }

    /// The same order, by a sort. For a list whose items are few, or at the far end, among those of
    /// the index of that order: the planner expects them everywhere, and would read past all
    /// others. An index is of columns, and not used for an expression.
    pub(crate) fn by_sorting(self) -> Self {
        let same =
            |column: SimpleExpr| -> SimpleExpr { Func::coalesce([column.clone(), column]).into() };
        Self { key: same(self.key), ..self }
    }

    /// By a column of times.
    pub(crate) fn by_time(key: impl IntoColumnRef, id: impl IntoColumnRef, order: Order) -> Self {
        Self { key: Expr::col(key), id: Expr::col(id), order, kind: Kind::Time }
    }

    /// By a column of texts.
    pub(crate) fn by_text(key: impl IntoColumnRef, id: impl IntoColumnRef, order: Order) -> Self {
        Self { key: Expr::col(key), id: Expr::col(id), order, kind: Kind::Text }
    }

    /// By a column of numbers.
    pub(crate) fn by_number(key: impl IntoColumnRef, id: impl IntoColumnRef, order: Order) -> Self {
        Self { key: Expr::col(key), id: Expr::col(id), order, kind: Kind::Number }
    }

    /// The whole list in order.
    pub(crate) fn sort<S: QueryOrder>(&self, select: S) -> S {
        let select = select.order_by(self.key.clone(), self.order.clone());
        select.order_by(self.id.clone(), self.order.clone())
    }

    /// The ids of the items in `range`, counted from 0, of a sorted list of `total` items. They are
    /// counted from the nearer end of the list, and read without the rest of their rows, so that
    /// an index is enough: the last page costs as much as the first.
    pub(crate) async fn ids<E, I>(
        &self,
        db: &impl ConnectionTrait,
        list: Select<E>,
        range: Range<u64>,
        total: u64,
    ) -> Result<Vec<I>>
    where
        E: EntityTrait,
        I: TryGetable,
    {
        let end = Ord::min(range.end, total);
        let Some(count) = end.checked_sub(range.start).filter(|count| *count > 0) else {
            return Ok(Vec::new());
        };
        let behind = total - end;
        let is_backwards = behind < range.start;
        let (order, skipped) =
            if is_backwards { (self.reversed(), behind) } else { (self.clone(), range.start) };
        let list = list.select_only().column_as(self.id.clone(), "id");
        let list = order.sort(list).offset(skipped).limit(count);
        let mut ids: Vec<I> = list.into_tuple().all(db).await?;
        if is_backwards {
            ids.reverse();
        }
        Ok(ids)
    }

    /// The same order from its end.
    pub(crate) fn reversed(&self) -> Self {
        let order = if self.order == Order::Desc { Order::Asc } else { Order::Desc };
        Self { order, ..self.clone() }
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
            (Kind::Number, PositionKey::Number(number)) => Value::from(*number),
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

/// The rows in the order of `ids`. A row that was deleted since its id was read is missing.
pub(crate) fn in_order_of<I: Eq + Hash, R>(
    ids: &[I],
    rows: impl IntoIterator<Item = R>,
    id_of: impl Fn(&R) -> I,
) -> Vec<R> {
    let mut rows: HashMap<I, R> = rows.into_iter().map(|row| (id_of(&row), row)).collect();
    ids.iter().filter_map(|id| rows.remove(id)).collect()
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

    pub(crate) fn at_number(number: i32, id: impl Into<Uuid>) -> Self {
        Self { key: PositionKey::Number(number), id: id.into() }
    }

    pub(crate) fn at_text(text: impl Into<String>, id: impl Into<Uuid>) -> Self {
        Self { key: PositionKey::Text(text.into()), id: id.into() }
    }
}
