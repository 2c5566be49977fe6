//! The roster of a competition: its registrations, for the organizer.

use domain::{
    CompetitionId, ErrorCode, Page, PublicError, RegistrationId, RegistrationStatus, Role,
    RosterEntry, RosterFilter, RosterOrder, RosterPage, RosterSort, RosterTotals,
};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, Order, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, SelectTwo,
    prelude::DateTimeUtc,
    sea_query::{Expr, ExprTrait, SimpleExpr},
};

use crate::{
    Actor, Context, Error, Result,
    entity::{competition, registration, user},
    infrastructure::search,
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
    let db = ctx.db.connection();
    let matching = matching(id, filter);
    let total = matching.clone().count(db).await?;
    let rows = sorted(matching, filter.sort)
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
        .all(ctx.db.connection())
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
    last: Option<Cursor>,
}

/// The last row that was exported, by the columns that order the roster.
#[derive(Clone, Debug)]
struct Cursor {
    registered_at: DateTimeUtc,
    name: String,
    status: RegistrationStatus,
    id: RegistrationId,
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
        let mut matching = matching(self.competition, &self.filter);
        if let Some(last) = &self.last {
            matching = matching.filter(after(last, self.filter.sort));
        }
        let rows = sorted(matching, self.filter.sort).limit(CHUNK).all(self.ctx.db.connection());
        let rows = rows.await?;
        if let Some((row, Some(user))) = rows.last() {
            self.last = Some(Cursor {
                registered_at: row.registered_at,
                name: user.search_text.clone(),
                status: row.status,
                id: row.id,
            });
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

/// Ids grow with time, so they break ties in the same direction.
fn sorted(select: Select, sort: RosterSort) -> Select {
    let direction = if sort.descending { Order::Desc } else { Order::Asc };
    select
        .order_by(column(sort.by), direction.clone())
        .order_by(registration::Column::Id, direction)
}

/// The rows that come after `last` in the order.
fn after(last: &Cursor, sort: RosterSort) -> Condition {
    let column = || column(sort.by);
    let id = Expr::col((registration::Entity, registration::Column::Id));
    let here: SimpleExpr = match sort.by {
        RosterOrder::Registered => last.registered_at.into(),
        RosterOrder::Name => last.name.clone().into(),
        RosterOrder::Status => last.status.into(),
    };
    let (further, next) = if sort.descending {
        (column().lt(here.clone()), id.lt(last.id))
    } else {
        (column().gt(here.clone()), id.gt(last.id))
    };
    Condition::any().add(further).add(column().eq(here).and(next))
}

/// The column to sort by. The search text of a user begins with the name in lower case.
fn column(order: RosterOrder) -> SimpleExpr {
    match order {
        RosterOrder::Registered => {
            Expr::col((registration::Entity, registration::Column::RegisteredAt))
        }
        RosterOrder::Name => Expr::col((user::Entity, user::Column::SearchText)),
        RosterOrder::Status => Expr::col((registration::Entity, registration::Column::Status)),
    }
}

fn entry((row, user): Row) -> Result<RosterEntry> {
    let user =
        user.ok_or_else(|| Error::Corrupt(format!("registration {} has no user", row.id)))?;
    Ok(RosterEntry { registration: row.into_view(), user: user.into_organizer() })
}
