//! Conditions on competitions that are open, listed or drafts.

use domain::{Timestamp, UNDATED_FOR, Visibility};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, IntoColumnRef},
};

use crate::entity::competition;

/// Before the deadline and not cancelled, including those that open later.
fn is_open(now: Timestamp) -> Condition {
    Condition::all()
        .add(competition::Column::RegDeadline.gt(now.utc()))
        .add(competition::Column::CancelledAt.is_null())
}

/// A condition on competitions: before the deadline, not cancelled, and public. Lists, searches and
/// counts have these only.
pub(crate) fn is_listed(now: Timestamp) -> Condition {
    is_open(now).add(has(Visibility::Public))
}

/// A condition on competitions: registration is open as in [`domain::Competition::is_open`], and a
/// seat is left.
pub(crate) fn takes_registrations(now: Timestamp) -> Condition {
    use competition::Column::{Capacity, RegOpensAt, Registered};
    is_open(now)
        .add(is_draft().not())
        .add(RegOpensAt.is_null().or(RegOpensAt.lte(now.utc())))
        .add(Registered.into_expr().lt(Capacity.into_expr()))
}

/// A condition on competitions: not over at `now`, as in [`domain::Dates::is_over`].
pub(crate) fn is_not_over(now: Timestamp) -> Condition {
    use competition::Column::{RegDeadline, StartDate};
    let later = RegDeadline.gt(now.utc() - UNDATED_FOR);
    let undated = Condition::all().add(StartDate.is_null()).add(later);
    Condition::any().add(StartDate.gt(now.utc())).add(undated)
}

/// A condition on competitions: only the organizer sees it.
pub(crate) fn is_draft() -> Expr {
    has(Visibility::Draft)
}

/// A condition on rows that have the id of a competition in `column`: it is a draft.
pub(crate) fn is_of_draft(column: impl IntoColumnRef) -> Expr {
    let drafts = competition::Entity::find()
        .select_only()
        .column(competition::Column::Id)
        .filter(is_draft())
        .filter(Expr::col((competition::Entity, competition::Column::Id)).eq(Expr::col(column)));
    Expr::exists(drafts.into_query())
}

/// The visibility is a constant of the statement: a database uses a partial index for a parameter
/// only if it plans the statement for its value, which SQLite does not.
fn has(visibility: Visibility) -> Expr {
    let column = Expr::col((competition::Entity, competition::Column::Visibility));
    column.eq(Expr::Constant(visibility.as_str().into()))
}
