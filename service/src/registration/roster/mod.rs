//! The roster of a competition: its registrations, for the organizer.

mod check_in;
mod export;
mod list;

use domain::{
    CompetitionId, ErrorCode, Page, PublicError, Questions, RegistrationId, RegistrationStatus,
    Role, RosterEntry, RosterFilter, RosterOrder, RosterPage, RosterTotals,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Asterisk, Expr, ExprTrait as _},
};

pub use self::check_in::check_in_list;
pub use self::export::{RosterExport, export_roster};
pub(crate) use self::list::has_answer;
use self::list::{Key, Row, list_after, matching, matching_with_users, order};
use super::{rejection_reasons::rejection_reasons, waiting_list::set_positions};
use crate::{
    Actor, Context, Error, Result,
    answers::{in_order, values_of},
    competitions::visible_to,
    entity::{competition, question, registration, user},
    infrastructure::{db::bulk::any_of, keyset::in_order_of},
    slice::{Cursor, Slice},
};

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
    let questions = questions_of(db, &competition).await?;
    page(db, id, &questions, filter, total).await
}

/// The page of a list of `total` registrations.
async fn page(
    db: &impl ConnectionTrait,
    id: CompetitionId,
    questions: &Questions,
    filter: &RosterFilter,
    total: u64,
) -> Result<Page<RosterEntry>> {
    let list = match filter.sort.by {
        RosterOrder::Name => matching_with_users(db, id, filter),
        RosterOrder::Registered | RosterOrder::Status | RosterOrder::Waitlist => {
            matching(db, id, filter)
        }
    };
    let range = filter.paging.range();
    let ids: Vec<RegistrationId> = order(filter.sort).ids(db, list, range, total).await?;
    let mut rows = entries(db, questions, &ids).await?;
    set_positions(db, id, &mut rows).await?;
    Ok(Page { items: rows, total, page: filter.paging.page, limit: filter.paging.limit })
}

/// Registrations with their users, in the order of the ids; without positions on the waiting list.
pub(super) async fn entries(
    db: &impl ConnectionTrait,
    questions: &Questions,
    ids: &[RegistrationId],
) -> Result<Vec<RosterEntry>> {
    let rows = registration::Entity::find()
        .find_also_related(user::Entity)
        .filter(any_of(db, registration::Column::Id, ids.iter().copied()))
        .all(db)
        .await?;
    entries_of(db, questions, in_order_of(ids, rows, |(row, _)| row.id)).await
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
    let questions = questions_of(db, &competition).await?;
    let mut items = entries_of(db, &questions, items).await?;
    set_positions(db, id, &mut items).await?;
    Ok(Slice { items, next })
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
    let questions = questions_of(db, &competition).await?;
    let found = page(db, id, &questions, filter, total).await?;
    Ok(RosterPage { found, totals, questions: questions.asked })
}

/// The questions of a competition; most have never asked anything.
pub(super) async fn questions_of(
    db: &impl ConnectionTrait,
    competition: &competition::Model,
) -> Result<Questions> {
    let asking = (competition.questions_version > 0).then_some(competition.id);
    let found = question::questions_of(db, asking).await?;
    Ok(found.into_values().next().unwrap_or_default())
}

/// The competition, if the actor may see its roster.
pub(super) async fn open(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
) -> Result<competition::Model> {
    let user = actor.user()?;
    if !user.has_role(Role::Admin) {
        actor.require(Role::Organizer)?;
    }
    let found = competition::Entity::find_by_id(id).one(ctx.db.connection()).await?;
    let competition = found.ok_or_else(PublicError::competition_not_found)?;
    visible_to(actor, competition.organizer_id, competition.visibility)?;
    if !user.has_role(Role::Admin) && competition.organizer_id != user.id {
        let message = "Only the organizer of this competition may see who is registered";
        return Err(PublicError::new(ErrorCode::Forbidden, message).into());
    }
    Ok(competition)
}

/// Registrations as the organizer sees them, without positions on the waiting list.
async fn entries_of(
    db: &impl ConnectionTrait,
    questions: &Questions,
    rows: Vec<Row>,
) -> Result<Vec<RosterEntry>> {
    let mut reasons = rejection_reasons(db, rows.iter().map(|(row, _)| row)).await?;
    let answered = rows.iter().filter(|_| !questions.is_empty()).map(|(row, _)| row.id);
    let mut values = values_of(db, answered).await?;
    let entry = |(row, user): Row| {
        let no_user = || Error::Corrupt(format!("registration {} has no user", row.id));
        let user = user.ok_or_else(no_user)?;
        let mail_refused = user.email_refused_at.is_some();
        let user = user.into_organizer();
        let rejection_reason = reasons.remove(&row.id);
        let values = values.remove(&row.id);
        let answers = values.map(|values| in_order(questions, values)).unwrap_or_default();
        let access_code = row.access_code.clone();
        let registration = row.into_view();
        Ok(RosterEntry {
            registration,
            rejection_reason,
            access_code,
            waitlist_position: None,
            answers,
            user,
            mail_refused,
        })
    };
    rows.into_iter().map(entry).collect()
}
