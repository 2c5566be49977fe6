//! The roster of a competition: its registrations, for the organizer.

use domain::{
    CompetitionId, ErrorCode, Page, PublicError, RegistrationStatus, Role, RosterEntry,
    RosterFilter, RosterOrder, RosterPage, RosterSort, RosterTotals,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, PaginatorTrait, QueryFilter, QuerySelect, SelectTwo,
};

use crate::{
    Actor, Context, Error, Result,
    entity::{competition, registration, user},
    infrastructure::{keyset::Keyset, search},
    slice::{Cursor, Position, Slice},
};

/// Registrations read at a time for an export.
const CHUNK: u64 = 1_000;

type Select = SelectTwo<registration::Entity, user::Entity>;
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
    open(ctx, actor, id).await?;
    let db = &*ctx.db.for_lists().await?;
    let matching = matching(id, filter);
    let total = matching.clone().count(db).await?;
    let rows = order(filter.sort)
        .sort(matching)
        .offset(filter.paging.offset())
        .limit(filter.paging.limit)
        .all(db)
        .await?;
    Ok(Page {
        items: rows.into_iter().map(entry).collect::<Result<_>>()?,
        total,
        page: filter.paging.page,
        limit: filter.paging.limit,
    })
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
    open(ctx, actor, id).await?;
    let rows = order(filter.sort).part(matching(id, filter), cursor)?;
    let rows = rows.all(&*ctx.db.for_lists().await?).await?;
    Slice::cut(rows, cursor.limit, |row| position(row, filter.sort)).try_map(entry)
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
    let found = roster(ctx, actor, id, filter).await?;
    let counts: Vec<(RegistrationStatus, i64)> = registration::Entity::find()
        .select_only()
        .column(registration::Column::Status)
        .column_as(registration::Column::Id.count(), "count")
        .filter(registration::Column::CompetitionId.eq(id))
        .group_by(registration::Column::Status)
        .into_tuple()
        .all(&*ctx.db.for_lists().await?)
        .await?;
    let mut totals = RosterTotals::default();
    for (status, count) in counts {
        totals.add(status, count.unsigned_abs());
    }
    Ok(RosterPage { found, totals })
}

/// The export of a whole roster in parts: it has one part in memory, and no database connection
/// while the part is sent.
#[derive(Debug)]
pub struct RosterExport {
    ctx: Context,
    competition: CompetitionId,
    title: String,
    filter: RosterFilter,
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
    let (ctx, title) = (ctx.clone(), competition.title);
    Ok(RosterExport { ctx, competition: id, title, filter, last: None })
}

impl RosterExport {
    /// The title of the competition.
    pub fn title(&self) -> &str {
        &self.title
    }

    /// The next part; empty at the end.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn next_part(&mut self) -> Result<Vec<RosterEntry>> {
        let order = order(self.filter.sort);
        let matching = matching(self.competition, &self.filter);
        let rows = order.after(matching, self.last.as_ref())?.limit(CHUNK);
        let rows = rows.all(&*self.ctx.db.for_lists().await?).await?;
        if let Some(last) = rows.last() {
            self.last = Some(position(last, self.filter.sort));
        }
        rows.into_iter().map(entry).collect()
    }
}

/// The competition, if the actor may see its roster.
async fn open(ctx: &Context, actor: &Actor, id: CompetitionId) -> Result<competition::Model> {
    let user = actor.user()?;
    if user.role == Role::Participant {
        actor.require(Role::Organizer)?;
    }
    let found = competition::Entity::find_by_id(id).one(ctx.db.connection()).await?;
    let competition = found.ok_or_else(PublicError::competition_not_found)?;
    if user.role != Role::Admin && competition.organizer_id != user.id {
        let message = "Only the organizer of this competition may see who is registered";
        return Err(PublicError::new(ErrorCode::Forbidden, message).into());
    }
    Ok(competition)
}

fn matching(id: CompetitionId, filter: &RosterFilter) -> Select {
    let status = filter.status.map(|status| registration::Column::Status.eq(status));
    let searched = filter.search.as_deref();
    let searched =
        searched.map(|words| search::holds((user::Entity, user::Column::SearchText), words));
    registration::Entity::find()
        .find_also_related(user::Entity)
        .filter(registration::Column::CompetitionId.eq(id))
        .filter(Condition::all().add_option(status).add_option(searched))
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

fn position((row, user): &Row, sort: RosterSort) -> Position {
    match sort.by {
        RosterOrder::Registered => Position::at_time(row.registered_at, row.id.0),
        RosterOrder::Name => {
            let name = user.as_ref().map(|user| &*user.search_text).unwrap_or_default();
            Position::at_text(name, row.id.0)
        }
        RosterOrder::Status => Position::at_text(row.status.as_str(), row.id.0),
    }
}

fn entry((row, user): Row) -> Result<RosterEntry> {
    let user =
        user.ok_or_else(|| Error::Corrupt(format!("registration {} has no user", row.id)))?;
    Ok(RosterEntry { registration: row.into_view(), user: user.into_organizer() })
}
