//! The orders of lists of competitions.

use domain::CompetitionSort;
use sea_orm::Order;

use crate::{
    entity::competition,
    infrastructure::keyset::Keyset,
    slice::{Position, PositionKey},
};

/// The order of competitions; by start, of those that have one. Ids grow with time, so they break
/// ties in the same direction.
pub(super) fn order(sort: CompetitionSort) -> Keyset {
    use competition::Column::{CreatedAt, Id, RegDeadline, StartDate, TitleKey};
    let column = |column| (competition::Entity, column);
    let id = column(Id);
    match sort {
        CompetitionSort::Newest | CompetitionSort::Relevance => {
            Keyset::by_time(column(CreatedAt), id, Order::Desc)
        }
        CompetitionSort::Deadline => Keyset::by_time(column(RegDeadline), id, Order::Asc),
        CompetitionSort::Start => Keyset::by_time(column(StartDate), id, Order::Asc),
        CompetitionSort::Title => Keyset::by_text(column(TitleKey), id, Order::Asc),
    }
}

/// The order of open competitions without a start. Ids grow with time, so that the first ones are
/// those of past competitions.
pub(super) fn by_id() -> Keyset {
    Keyset::by_id((competition::Entity, competition::Column::Id))
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
