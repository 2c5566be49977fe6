//! Conditions on competitions that are open.

use domain::Timestamp;
use sea_orm::{ColumnTrait, Condition, ExprTrait};

use crate::entity::competition;

/// Before the deadline and not cancelled, including those that open later.
pub(crate) fn is_open(now: Timestamp) -> Condition {
    Condition::all()
        .add(competition::Column::RegDeadline.gt(now.utc()))
        .add(competition::Column::CancelledAt.is_null())
}

/// A condition on competitions: registration is open as in [`domain::Competition::is_open`], and a
/// seat is left.
pub(crate) fn takes_registrations(now: Timestamp) -> Condition {
    use competition::Column::{Capacity, RegOpensAt, Registered};
    is_open(now)
        .add(RegOpensAt.is_null().or(RegOpensAt.lte(now.utc())))
        .add(Registered.into_expr().lt(Capacity.into_expr()))
}
