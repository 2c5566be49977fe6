//! Conditions on competitions: their status, and which are listed, found by words, or drafts.

use chrono::TimeDelta;
use domain::{CompetitionStatus, Timestamp, UNDATED_FOR, Visibility};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, IntoColumnRef},
};

use crate::entity::{competition, registration};

/// How long after its registration deadline a competition is found by words.
const SEARCHED_FOR: TimeDelta = TimeDelta::days(365);

/// Before the deadline and not cancelled, including those that open later.
fn is_open(now: Timestamp) -> Condition {
    Condition::all()
        .add(competition::Column::RegDeadline.gt(now.utc()))
        .add(competition::Column::CancelledAt.is_null())
}

/// A condition on competitions: public and not cancelled. Lists have these only.
pub(super) fn is_public() -> Condition {
    Condition::all().add(competition::Column::CancelledAt.is_null()).add(has(Visibility::Public))
}

/// A condition on competitions: public, not cancelled, and of this status at `now`, as in
/// [`domain::Competition::status`].
pub(super) fn has_status(status: CompetitionStatus, now: Timestamp) -> Condition {
    use competition::Column::{RegDeadline, StartDate};
    let is_closed = RegDeadline.lte(now.utc());
    match status {
        CompetitionStatus::Open => is_public().add(RegDeadline.gt(now.utc())),
        CompetitionStatus::Closed => is_public().add(is_closed).add(has_not_started(now)),
        CompetitionStatus::Over => {
            let long_ago = RegDeadline.lte(now.utc() - UNDATED_FOR);
            let undated = Condition::all().add(StartDate.is_null()).add(long_ago);
            let has_started = Condition::any().add(StartDate.lte(now.utc())).add(undated);
            is_public().add(is_closed).add(has_started)
        }
    }
}

/// A condition on competitions: found by words, as public, not cancelled, and closed
/// [`SEARCHED_FOR`] ago at most.
pub(crate) fn is_searchable(now: Timestamp) -> Condition {
    is_public().add(is_recent(now))
}

/// A condition on competitions: closed [`SEARCHED_FOR`] ago at most.
pub(super) fn is_recent(now: Timestamp) -> Expr {
    competition::Column::RegDeadline.gt(now.utc() - SEARCHED_FOR)
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
    has_not_started(now).add(competition::Column::EndsAt.gt(now.utc()))
}

/// A condition on competitions: not started at `now`, as in [`domain::Dates::has_started`].
pub(crate) fn has_not_started(now: Timestamp) -> Condition {
    use competition::Column::{RegDeadline, StartDate};
    let later = RegDeadline.gt(now.utc() - UNDATED_FOR);
    let undated = Condition::all().add(StartDate.is_null()).add(later);
    Condition::any().add(StartDate.gt(now.utc())).add(undated)
}

/// A condition on competitions: it has a registration, of any status.
pub(crate) fn was_ever_registered_for() -> Expr {
    let registrations = registration::Entity::find()
        .select_only()
        .column(registration::Column::Id)
        .filter(
            Expr::col((registration::Entity, registration::Column::CompetitionId))
                .equals((competition::Entity, competition::Column::Id)),
        )
        .into_query();
    Expr::exists(registrations)
}

/// A condition on competitions: only the organizer sees it.
pub(crate) fn is_draft() -> Expr {
    has(Visibility::Draft)
}

/// A condition on competitions: a draft that its organizer has cancelled, which deletes it. It is
/// in no list, and its row is deleted later.
pub(crate) fn is_deleted_draft() -> Condition {
    Condition::all().add(is_draft()).add(competition::Column::CancelledAt.is_not_null())
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
