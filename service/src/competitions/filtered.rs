//! The competitions that match a filter.

use chrono::Datelike;
use domain::{Attendance, CompetitionFilter, CompetitionStatus, StartDays, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    Select,
};

use super::{
    open::{has_status, is_recent},
    search::Search,
};
use crate::{
    entity::{competition, competition_tag},
    zones,
};

/// Public competitions before their deadline that are not cancelled, including those that open
/// later.
pub(super) fn open(now: Timestamp) -> Select<competition::Entity> {
    competition::Entity::find().filter(has_status(CompetitionStatus::Open, now))
}

/// The competitions that match a filter with its search.
pub(super) fn matching(
    db: &impl ConnectionTrait,
    filter: &CompetitionFilter,
    search: Option<&Search>,
    now: Timestamp,
) -> Select<competition::Entity> {
    let searched = search.map(|search| search.condition(db));
    unsearched(filter, now).filter(Condition::all().add_option(searched))
}

/// The competitions that match a filter but for the words of its search. A search is of recent
/// ones: words that the index does not have are looked for in each of them.
pub(super) fn unsearched(
    filter: &CompetitionFilter,
    now: Timestamp,
) -> Select<competition::Entity> {
    let tagged = (!filter.tags.is_empty()).then(|| {
        let ids = competition_tag::Entity::find()
            .select_only()
            .column(competition_tag::Column::CompetitionId)
            .filter(competition_tag::Column::Tag.is_in(&filter.tags))
            .into_query();
        competition::Column::Id.in_subquery(ids)
    });
    let organizer = filter.organizer_id.map(|id| competition::Column::OrganizerId.eq(id));
    competition::Entity::find()
        .filter(has_status(filter.status, now))
        .filter(Condition::all().add_option(tagged).add_option(organizer))
        .filter(Condition::all().add_option(filter.attendance.map(allows)))
        .filter(starts_on(filter.starts, filter.time_zone.as_str()))
        .filter(Condition::all().add_option(filter.search.as_ref().map(|_| is_recent(now))))
}

/// A condition on competitions: one can take part in this way.
fn allows(attendance: Attendance) -> Condition {
    use competition::Column::{OnlineUrl, VenueAddress, VenueName};
    match attendance {
        Attendance::InPerson => {
            Condition::any().add(VenueName.is_not_null()).add(VenueAddress.is_not_null())
        }
        Attendance::Online => Condition::all().add(OnlineUrl.is_not_null()),
    }
}

/// A condition on competitions: they start on one of these days in `zone`.
fn starts_on(days: StartDays, zone: &str) -> Condition {
    let start = competition::Column::StartDate;
    let from = days.from.map(|day| start.gte(zones::start_of_day(day, zone).utc()));
    let until = days.until.map(|day| {
        // SQLite compares times as texts, which have years of four digits.
        match day.succ_opt().filter(|day| day.year() <= 9_999) {
            Some(day_after) => start.lt(zones::start_of_day(day_after, zone).utc()),
            None => start.is_not_null(),
        }
    });
    Condition::all().add_option(from).add_option(until)
}
