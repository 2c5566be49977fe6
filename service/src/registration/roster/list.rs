//! The list of a roster: what matches, and its order.

use domain::{
    AnswerFilter, CompetitionId, RegistrationId, RegistrationStatus, RosterFilter, RosterOrder,
    RosterSort,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Order, QueryFilter,
    QuerySelect, QueryTrait as _, Select,
    prelude::DateTimeUtc,
    sea_query::{Expr, ExprTrait as _},
};

use crate::{
    Result, accounts,
    entity::{answer, registration, user},
    infrastructure::keyset::Keyset,
    slice::{Position, PositionKey},
};

pub(super) type Row = (registration::Model, Option<user::Model>);

/// What registrations are sorted by.
#[derive(Debug, FromQueryResult)]
pub(super) struct Key {
    pub(super) id: RegistrationId,
    registered_at: DateTimeUtc,
    status: RegistrationStatus,
    waitlist_number: Option<i32>,
    name: String,
}

impl Key {
    pub(super) fn of((row, user): &Row) -> Self {
        let name = user.as_ref().map(|user| user.search_text.clone()).unwrap_or_default();
        Self {
            id: row.id,
            registered_at: row.registered_at,
            status: row.status,
            waitlist_number: row.waitlist_number,
            name,
        }
    }

    pub(super) fn position(&self, sort: RosterSort) -> Position {
        match sort.by {
            RosterOrder::Registered => Position::at_time(self.registered_at, self.id.0),
            RosterOrder::Name => Position::at_text(&*self.name, self.id.0),
            RosterOrder::Status => Position::at_text(self.status.as_str(), self.id.0),
            // The list has no row without a number.
            RosterOrder::Waitlist => {
                Position::at_number(self.waitlist_number.unwrap_or(i32::MAX), self.id.0)
            }
        }
    }
}

pub(super) fn keys_only(list: Select<registration::Entity>) -> Select<registration::Entity> {
    use registration::Column::{Id, RegisteredAt, Status, WaitlistNumber};
    let columns = [Id, RegisteredAt, Status, WaitlistNumber];
    let list = list.select_only().columns(columns);
    list.column_as(user::Column::SearchText, "name")
}

/// The registrations for a competition that match; joined with their users if they are searched.
pub(super) fn matching(
    db: &impl ConnectionTrait,
    id: CompetitionId,
    filter: &RosterFilter,
) -> Select<registration::Entity> {
    let status = filter.status.map(|status| registration::Column::Status.eq(status));
    let is_in_line = (filter.sort.by == RosterOrder::Waitlist)
        .then(|| registration::Column::WaitlistNumber.is_not_null());
    let list = registration::Entity::find()
        .filter(registration::Column::CompetitionId.eq(id))
        .filter(Condition::all().add_option(status).add_option(is_in_line))
        .filter(Condition::all().add_option(filter.answer.as_ref().map(has_answer)));
    match filter.search.as_deref() {
        Some(words) => list.inner_join(user::Entity).filter(accounts::matches(db, words)),
        None => list,
    }
}

/// Whether a registration has the answer.
pub(crate) fn has_answer(AnswerFilter { question, value }: &AnswerFilter) -> Expr {
    let registration = Expr::col((registration::Entity, registration::Column::Id));
    let answers = answer::Entity::find()
        .select_only()
        .expr(Expr::value(1))
        .filter(Expr::col((answer::Entity, answer::Column::RegistrationId)).eq(registration))
        .filter(answer::Column::QuestionId.eq(*question))
        .filter(answer::Column::Value.eq(value))
        .into_query();
    Expr::exists(answers)
}

/// The same, joined with their users in any case.
pub(super) fn matching_with_users(
    db: &impl ConnectionTrait,
    id: CompetitionId,
    filter: &RosterFilter,
) -> Select<registration::Entity> {
    let list = matching(db, id, filter);
    if filter.search.is_some() { list } else { list.inner_join(user::Entity) }
}

/// The registrations after `position` with their users, in order.
pub(super) fn list_after(
    db: &impl ConnectionTrait,
    id: CompetitionId,
    filter: &RosterFilter,
    position: Option<&Position>,
) -> Result<Select<registration::Entity>> {
    let list = order(filter.sort).after(matching_with_users(db, id, filter), position)?;
    let name = position.filter(|_| filter.sort.by == RosterOrder::Name);
    let Some(Position { key: PositionKey::Text(name), .. }) = name else { return Ok(list) };
    // Implied by the comparison of name and id. Those are columns of two tables, which are no range
    // of an index; the name alone is.
    let bound = match filter.sort.descending {
        true => user::Column::SearchText.lte(name),
        false => user::Column::SearchText.gte(name),
    };
    Ok(list.filter(bound))
}

/// The order of a roster. The search text of a user begins with the name in lower case. Ids grow
/// with time, so they break ties in the same direction.
pub(super) fn order(sort: RosterSort) -> Keyset {
    let id = (registration::Entity, registration::Column::Id);
    let direction = if sort.descending { Order::Desc } else { Order::Asc };
    match sort.by {
        RosterOrder::Registered => {
            let column = (registration::Entity, registration::Column::RegisteredAt);
            Keyset::by_time(column, id, direction)
        }
        RosterOrder::Name => {
            Keyset::by_text((user::Entity, user::Column::SearchText), id, direction)
        }
        RosterOrder::Status => {
            let column = (registration::Entity, registration::Column::Status);
            Keyset::by_text(column, id, direction)
        }
        RosterOrder::Waitlist => {
            let column = (registration::Entity, registration::Column::WaitlistNumber);
            Keyset::by_number(column, id, direction)
        }
    }
}
