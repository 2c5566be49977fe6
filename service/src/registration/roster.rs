//! The roster of a competition: its registrations, for the organizer.

use std::collections::VecDeque;

use domain::{
    AnswerFilter, CompetitionId, ErrorCode, Page, PublicError, Questions, RegistrationId,
    RegistrationStatus, Role, RosterEntry, RosterFilter, RosterOrder, RosterPage, RosterSort,
    RosterTotals,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, Order, PaginatorTrait,
    QueryFilter, QuerySelect, QueryTrait as _, Select,
    prelude::DateTimeUtc,
    sea_query::{Asterisk, Expr, ExprTrait as _},
};

use super::{answers::answers_of, rejection_reasons::rejection_reasons};
use crate::{
    Actor, Context, Error, Result, accounts,
    competitions::visible_to,
    entity::{answer, competition, question::questions_of, registration, user},
    infrastructure::{
        db::bulk::any_of,
        keyset::{Keyset, in_order_of},
    },
    slice::{Cursor, Position, PositionKey, Slice},
};

/// Registrations in a part of an export.
const CHUNK: usize = 1_000;
/// Registrations that are sorted at a time for an export.
const AHEAD: u64 = 20_000;

type Row = (registration::Model, Option<user::Model>);

/// One page of the registrations for a competition, by default oldest first. For its organizer and
/// administrators.
///
/// # Errors
/// Unauthorized; no such competition; forbidden for anyone else.
pub async fn roster(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    filter: &RosterFilter,
) -> Result<Page<RosterEntry>> {
    let competition = open(ctx, actor, id).await?;
    let db = &*ctx.db.for_lists().await?;
    let total = matching(db, id, filter).count(db).await?;
    page(db, &competition, filter, total).await
}

/// The page of a list of `total` registrations.
async fn page(
    db: &impl ConnectionTrait,
    competition: &competition::Model,
    filter: &RosterFilter,
    total: u64,
) -> Result<Page<RosterEntry>> {
    let id = competition.id;
    let list = match filter.sort.by {
        RosterOrder::Name => matching_with_users(db, id, filter),
        RosterOrder::Registered | RosterOrder::Status => matching(db, id, filter),
    };
    let range = filter.paging.range();
    let ids: Vec<RegistrationId> = order(filter.sort).ids(db, list, range, total).await?;
    let rows = entries(db, competition, &ids).await?;
    Ok(Page { items: rows, total, page: filter.paging.page, limit: filter.paging.limit })
}

/// Registrations with their users, in the order of the ids.
async fn entries(
    db: &impl ConnectionTrait,
    competition: &competition::Model,
    ids: &[RegistrationId],
) -> Result<Vec<RosterEntry>> {
    let rows = registration::Entity::find()
        .find_also_related(user::Entity)
        .filter(any_of(db, registration::Column::Id, ids.iter().copied()))
        .all(db)
        .await?;
    entries_of(db, competition, in_order_of(ids, rows, |(row, _)| row.id)).await
}

/// The registrations for a competition in the part at `cursor`; the page of the filter is ignored.
///
/// # Errors
/// As for [`roster`]; [`ErrorCode::InvalidCursor`] for a position in another order.
pub async fn roster_after(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    filter: &RosterFilter,
    cursor: &Cursor,
) -> Result<Slice<RosterEntry>> {
    let competition = open(ctx, actor, id).await?;
    let Cursor { after, limit } = cursor;
    let db = &*ctx.db.for_lists().await?;
    let list = list_after(db, id, filter, after.as_ref())?.limit(limit + 1);
    let rows = list.select_also(user::Entity).all(db).await?;
    let Slice { items, next } = Slice::cut(rows, *limit, |row| Key::of(row).position(filter.sort));
    Ok(Slice { items: entries_of(db, &competition, items).await?, next })
}

/// The page of a roster: the registrations that match, and totals by status.
///
/// # Errors
/// As for [`roster`].
pub async fn browse_roster(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    filter: &RosterFilter,
) -> Result<RosterPage> {
    let competition = open(ctx, actor, id).await?;
    let db = &*ctx.db.for_lists().await?;
    let counts: Vec<(RegistrationStatus, i64)> = registration::Entity::find()
        .select_only()
        .column(registration::Column::Status)
        .column_as(Expr::col(Asterisk).count(), "count")
        .filter(registration::Column::CompetitionId.eq(id))
        .group_by(registration::Column::Status)
        .into_tuple()
        .all(db)
        .await?;
    let mut totals = RosterTotals::default();
    for (status, count) in &counts {
        totals.add(*status, count.unsigned_abs());
    }
    let total = match (&filter.search, &filter.answer) {
        (Some(_), _) | (_, Some(_)) => matching(db, id, filter).count(db).await?,
        (None, None) => {
            let matches = |status| filter.status.is_none_or(|wanted| wanted == status);
            let counts = counts.iter().filter(|(status, _)| matches(*status));
            counts.map(|(_, count)| count.unsigned_abs()).sum()
        }
    };
    let found = page(db, &competition, filter, total).await?;
    let questions = questions_of(db, [id]).await?.remove(&id).unwrap_or_default().asked;
    Ok(RosterPage { found, totals, questions })
}

/// The export of a whole roster in parts: it has one part in memory, and no database connection
/// while the part is sent.
#[derive(Debug)]
pub struct RosterExport {
    ctx: Context,
    competition: competition::Model,
    questions: Questions,
    filter: RosterFilter,
    /// The next registrations, up to `at_a_time` of them.
    ahead: VecDeque<RegistrationId>,
    at_a_time: u64,
    /// The last of them.
    last: Option<Position>,
}

/// Exports all registrations for a competition that match, on any page.
///
/// # Errors
/// As for [`roster`].
pub async fn export_roster(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
    filter: RosterFilter,
) -> Result<RosterExport> {
    let competition = open(ctx, actor, id).await?;
    let questions = questions_of(ctx.db.connection(), [id]).await?.remove(&id).unwrap_or_default();
    let (ctx, ahead) = (ctx.clone(), VecDeque::new());
    Ok(RosterExport { ctx, competition, questions, filter, ahead, at_a_time: AHEAD, last: None })
}

impl RosterExport {
    /// The title of the competition.
    pub fn title(&self) -> &str {
        &self.competition.title
    }

    /// The questions of the competition, those included that it asks no more.
    pub fn questions(&self) -> &Questions {
        &self.questions
    }

    /// The next part; empty only at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_part(&mut self) -> Result<Vec<RosterEntry>> {
        let ctx = self.ctx.clone();
        let db = &*ctx.db.for_lists().await?;
        loop {
            if self.ahead.is_empty() {
                self.read_ahead(db).await?;
            }
            let ids: Vec<_> = self.ahead.drain(..self.ahead.len().min(CHUNK)).collect();
            let part = entries(db, &self.competition, &ids).await?;
            // A part whose registrations were all deleted meanwhile is not the end.
            if ids.is_empty() || !part.is_empty() {
                return Ok(part);
            }
        }
    }

    /// Reads the ids of many parts: sorting the list is most of the work, and is not repeated for
    /// each part.
    async fn read_ahead(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        let list = list_after(db, self.competition.id, &self.filter, self.last.as_ref())?;
        let keys: Vec<Key> = keys_only(list).limit(self.at_a_time).into_model().all(db).await?;
        if let Some(last) = keys.last() {
            self.last = Some(last.position(self.filter.sort));
        }
        self.ahead.extend(keys.into_iter().map(|key| key.id));
        Ok(())
    }
}

/// What registrations are sorted by.
#[derive(Debug, FromQueryResult)]
struct Key {
    id: RegistrationId,
    registered_at: DateTimeUtc,
    status: RegistrationStatus,
    name: String,
}

impl Key {
    fn of((row, user): &Row) -> Self {
        let name = user.as_ref().map(|user| user.search_text.clone()).unwrap_or_default();
        Self { id: row.id, registered_at: row.registered_at, status: row.status, name }
    }

    fn position(&self, sort: RosterSort) -> Position {
        match sort.by {
            RosterOrder::Registered => Position::at_time(self.registered_at, self.id.0),
            RosterOrder::Name => Position::at_text(&*self.name, self.id.0),
            RosterOrder::Status => Position::at_text(self.status.as_str(), self.id.0),
        }
    }
}

fn keys_only(list: Select<registration::Entity>) -> Select<registration::Entity> {
    use registration::Column::{Id, RegisteredAt, Status};
    let list = list.select_only().column(Id).column(RegisteredAt).column(Status);
    list.column_as(user::Column::SearchText, "name")
}

/// The competition, if the actor may see its roster.
async fn open(ctx: &Context, actor: &Actor, id: CompetitionId) -> Result<competition::Model> {
    let user = actor.user()?;
    if user.role == Role::Participant {
        actor.require(Role::Organizer)?;
    }
    let found = competition::Entity::find_by_id(id).one(ctx.db.connection()).await?;
    let competition = found.ok_or_else(PublicError::competition_not_found)?;
    visible_to(actor, competition.organizer_id, competition.visibility)?;
    if user.role != Role::Admin && competition.organizer_id != user.id {
        let message = "Only the organizer of this competition may see who is registered";
        return Err(PublicError::new(ErrorCode::Forbidden, message).into());
    }
    Ok(competition)
}

/// The registrations for a competition that match; joined with their users if they are searched.
fn matching(
    db: &impl ConnectionTrait,
    id: CompetitionId,
    filter: &RosterFilter,
) -> Select<registration::Entity> {
    let status = filter.status.map(|status| registration::Column::Status.eq(status));
    let list = registration::Entity::find()
        .filter(registration::Column::CompetitionId.eq(id))
        .filter(Condition::all().add_option(status))
        .filter(Condition::all().add_option(filter.answer.as_ref().map(has_answer)));
    match filter.search.as_deref() {
        Some(words) => list.inner_join(user::Entity).filter(accounts::matches(db, words)),
        None => list,
    }
}

/// Whether a registration has the answer.
fn has_answer(AnswerFilter { question, value }: &AnswerFilter) -> Expr {
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
fn matching_with_users(
    db: &impl ConnectionTrait,
    id: CompetitionId,
    filter: &RosterFilter,
) -> Select<registration::Entity> {
    let list = matching(db, id, filter);
    if filter.search.is_some() { list } else { list.inner_join(user::Entity) }
}

/// The registrations after `position` with their users, in order.
fn list_after(
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
fn order(sort: RosterSort) -> Keyset {
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
    }
}

/// Registrations as the organizer sees them.
async fn entries_of(
    db: &impl ConnectionTrait,
    competition: &competition::Model,
    rows: Vec<Row>,
) -> Result<Vec<RosterEntry>> {
    let mut reasons = rejection_reasons(db, rows.iter().map(|(row, _)| row)).await?;
    let mut answers = answers_of(db, rows.iter().map(|(row, _)| (row.id, competition))).await?;
    let entry = |(row, user): Row| {
        let no_user = || Error::Corrupt(format!("registration {} has no user", row.id));
        let user = user.ok_or_else(no_user)?.into_organizer();
        let rejection_reason = reasons.remove(&row.id);
        let answers = answers.remove(&row.id).unwrap_or_default();
        Ok(RosterEntry { registration: row.into_view(), rejection_reason, answers, user })
    };
    rows.into_iter().map(entry).collect()
}

#[cfg(test)]
mod tests {
    use domain::RosterQuery;

    use super::*;
    use crate::{registration::register, testing::World};

    #[tokio::test]
    async fn an_export_that_is_sorted_several_times_has_no_gaps_or_duplicates() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let sprint = world.competition(&ada).seats(7).create().await;
        for participant in world.participants(7).await {
            register(&world.ctx, &participant, sprint, None).await.unwrap().outcome.unwrap();
        }
        let query = |sort: &str| {
            let query = RosterQuery { sort: Some(sort.to_owned()), ..RosterQuery::default() };
            query.check().unwrap()
        };
        for sort in ["registered", "-registered", "name", "-name", "status", "-status"] {
            let filter = query(sort);
            let listed = roster(&world.ctx, &ada, sprint, &filter).await.unwrap().items;
            let mut export = export_roster(&world.ctx, &ada, sprint, filter).await.unwrap();
            export.at_a_time = 3;
            let mut exported = Vec::new();
            for expected in [3, 3, 1, 0] {
                let part = export.next_part().await.unwrap();
                assert_eq!(part.len(), expected, "by {sort}");
                exported.extend(part);
            }
            assert_eq!(exported, listed, "by {sort}");
        }
    }
}
