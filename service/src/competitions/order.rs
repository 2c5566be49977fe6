//! The orders of lists of competitions.

use domain::{CompetitionSort, CompetitionStatus};
use sea_orm::Order;

use crate::{
    entity::competition,
    infrastructure::keyset::Keyset,
    slice::{Position, PositionKey},
};

/// The order of competitions of this status; by start, of those that have one. Ids grow with time,
/// so they break ties in the same direction. Past ones begin with the last.
pub(super) fn order(sort: CompetitionSort, status: CompetitionStatus) -> Keyset {
    use competition::Column::{Id, RegDeadline, StartDate, TitleKey};
    let column = |column| (competition::Entity, column);
    let id = column(Id);
    let soonest_or_last = |is_past: bool| if is_past { Order::Desc } else { Order::Asc };
    match sort {
        CompetitionSort::Newest | CompetitionSort::Relevance => newest(),
        CompetitionSort::Deadline => {
            let direction = soonest_or_last(status != CompetitionStatus::Open);
            Keyset::by_time(column(RegDeadline), id, direction)
        }
        CompetitionSort::Start => {
            let direction = soonest_or_last(status == CompetitionStatus::Over);
            Keyset::by_time(column(StartDate), id, direction)
        }
        CompetitionSort::Title => Keyset::by_text(column(TitleKey), id, Order::Asc),
    }
}

/// The order of competitions by creation, newest first.
pub(super) fn newest() -> Keyset {
    let column = |column| (competition::Entity, column);
    let created = column(competition::Column::CreatedAt);
    Keyset::by_time(created, column(competition::Column::Id), Order::Desc)
}

/// The order of competitions of this status without a start. Ids grow with time, so that the first
/// ones are those of past competitions.
pub(super) fn undated_order(status: CompetitionStatus) -> Keyset {
    let by_id = Keyset::by_id((competition::Entity, competition::Column::Id));
    if status == CompetitionStatus::Over { by_id.reversed() } else { by_id }
}

/// The place of a competition in an order.
pub(super) fn position(row: &competition::Model, sort: CompetitionSort) -> Position {
    let id = row.id.0;
    match sort {
        CompetitionSort::Newest | CompetitionSort::Relevance => {
            Position::at_time(row.created_at, id)
        }
        CompetitionSort::Deadline => Position::at_time(row.reg_deadline, id),
        CompetitionSort::Title => Position::at_text(&row.title_key, id),
        CompetitionSort::Start => match row.start_date {
            Some(start) => Position::at_time(start, id),
            None => Position { key: PositionKey::NoTime, id },
        },
    }
}
