//! Reading competitions: lists, pages and single ones.

use std::collections::HashMap;

use domain::{
    CompetitionDetail, CompetitionFilter, CompetitionId, CompetitionPage, CompetitionSort,
    CompetitionWithCount, ErrorCode, Page, Paging, PublicError, Role, Timestamp, UserId,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, Order, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, sea_query::NullOrdering,
};

use super::{
    details::{details, with_counts},
    open::is_open,
    popular_tags,
};
use crate::{
    Actor, Context, Result,
    entity::{competition, competition_tag, user},
    infrastructure::{
        coalesced_read::read_each, combiner::Combiner, db::bulk, keyset::Keyset, search,
    },
    slice::{Cursor, Position, PositionKey, Slice},
};

/// One page of the competitions still open that match.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, filter: &CompetitionFilter) -> Result<Page<CompetitionDetail>> {
    let db = &*ctx.db.for_lists().await?;
    let matching = matching(filter, ctx.now());
    let total = matching.clone().count(db).await?;
    let rows = sorted(matching, filter.sort)
        .find_also_related(user::Entity)
        .offset(filter.paging.offset())
        .limit(filter.paging.limit)
        .all(db)
        .await?;
    Ok(Page {
        items: details(db, rows).await?,
        total,
        page: filter.paging.page,
        limit: filter.paging.limit,
    })
}

/// The competitions still open that match, in the part at `cursor`; the page of the filter is
/// ignored.
///
/// # Errors
/// [`ErrorCode::InvalidCursor`] for a position in another order.
pub async fn list_after(
    ctx: &Context,
    filter: &CompetitionFilter,
    cursor: &Cursor,
) -> Result<Slice<CompetitionDetail>> {
    let db = &*ctx.db.for_lists().await?;
    let matching = matching(filter, ctx.now());
    let rows = match filter.sort {
        CompetitionSort::Start => by_start(db, matching, cursor).await?,
        sort => {
            let rows = matching.find_also_related(user::Entity);
            order(sort).part(rows, cursor)?.all(db).await?
        }
    };
    let Slice { items, next } =
        Slice::cut(rows, cursor.limit, |(row, _)| position(row, filter.sort));
    Ok(Slice { items: details(db, items).await?, next })
}

/// The part at `cursor` of competitions that start soonest first, and one more. Those without a
/// start are behind all others. Each of the two is one range of the index.
async fn by_start(
    db: &impl ConnectionTrait,
    matching: Select<competition::Entity>,
    cursor: &Cursor,
) -> Result<Vec<(competition::Model, Option<user::Model>)>> {
    use competition::Column::{Id, StartDate};
    let after = cursor.after.as_ref();
    let undated_after = after.filter(|position| position.key == PositionKey::NoTime);
    let mut rows = Vec::new();
    if undated_after.is_none() {
        let dated = matching.clone().filter(StartDate.is_not_null());
        let dated = dated.find_also_related(user::Entity);
        rows = order(CompetitionSort::Start).part(dated, cursor)?.all(db).await?;
    }
    let missing = (cursor.limit + 1).saturating_sub(rows.len() as u64);
    if missing > 0 {
        let undated = matching.filter(StartDate.is_null()).order_by_asc(Id).limit(missing);
        let after = undated_after.map(|position| Id.gt(position.id));
        let undated = undated.filter(Condition::all().add_option(after));
        rows.extend(undated.find_also_related(user::Entity).all(db).await?);
    }
    Ok(rows)
}

/// The order of competitions; by start, of those that have one.
fn order(sort: CompetitionSort) -> Keyset {
    use competition::Column::{CreatedAt, Id, RegDeadline, StartDate, TitleKey};
    let column = |column| (competition::Entity, column);
    let id = column(Id);
    match sort {
        CompetitionSort::Newest => Keyset::by_time(column(CreatedAt), id, Order::Desc),
        CompetitionSort::Deadline => Keyset::by_time(column(RegDeadline), id, Order::Asc),
        CompetitionSort::Start => Keyset::by_time(column(StartDate), id, Order::Asc),
        CompetitionSort::Title => Keyset::by_text(column(TitleKey), id, Order::Asc),
    }
}

fn position(row: &competition::Model, sort: CompetitionSort) -> Position {
    let id = row.id.0;
    match sort {
        CompetitionSort::Newest => Position::at_time(row.created_at, id),
        CompetitionSort::Deadline => Position::at_time(row.reg_deadline, id),
        CompetitionSort::Title => Position::at_text(&row.title_key, id),
        CompetitionSort::Start => match row.start_date {
            Some(start) => Position::at_time(start, id),
            None => Position { key: PositionKey::NoTime, id },
        },
    }
}

/// The page of competitions: those that match, and the tags to filter by.
///
/// # Errors
/// When the database fails.
pub async fn browse(ctx: &Context, filter: &CompetitionFilter) -> Result<CompetitionPage> {
    let found = list(ctx, filter).await?;
    let db = ctx.db.connection();
    let any_open = found.total > 0 || open(ctx.now()).one(db).await?.is_some();
    Ok(CompetitionPage { found, popular_tags: popular_tags::get(ctx).await?, any_open })
}

/// The open competitions with the next deadlines.
///
/// # Errors
/// When the database fails.
pub async fn closing_soon(ctx: &Context, limit: u64) -> Result<Vec<CompetitionDetail>> {
    let db = &*ctx.db.for_lists().await?;
    let rows = sorted(open(ctx.now()), CompetitionSort::Deadline)
        .find_also_related(user::Entity)
        .limit(limit)
        .all(db)
        .await?;
    details(db, rows).await
}

/// One competition, open or not.
///
/// # Errors
/// [`ErrorCode::CompetitionNotFound`].
pub async fn get(ctx: &Context, id: CompetitionId) -> Result<CompetitionDetail> {
    let (shared, ctx) = (ctx.clone(), ctx.clone());
    let load = move |ids: Vec<CompetitionId>| {
        let ctx = ctx.clone();
        async move { read_each(&ctx.db, &ids, || load(&ctx, &ids)).await }
    };
    let found = shared.details.submit((), id, load).await?;
    found.ok_or_else(|| PublicError::competition_not_found().into())
}

/// One competition of the actor's own, open or not.
///
/// # Errors
/// [`ErrorCode::CompetitionNotFound`]; unauthorized, or forbidden for anyone but its organizer.
pub async fn get_own(ctx: &Context, actor: &Actor, id: CompetitionId) -> Result<CompetitionDetail> {
    let user = actor.require(Role::Organizer)?;
    let detail = get(ctx, id).await?;
    if detail.competition.organizer_id == user.id {
        return Ok(detail);
    }
    let message = "This is the competition of another organizer";
    Err(PublicError::new(ErrorCode::Forbidden, message).into())
}

/// One competition of the actor's own that can be changed.
///
/// # Errors
/// As for [`get_own`]; [`ErrorCode::CancelledIsFinal`].
pub async fn get_editable(
    ctx: &Context,
    actor: &Actor,
    id: CompetitionId,
) -> Result<CompetitionDetail> {
    let detail = get_own(ctx, actor, id).await?;
    if detail.competition.is_cancelled() {
        Err(PublicError::cancelled_is_final().into())
    } else {
        Ok(detail)
    }
}

/// Coalesces concurrent reads of competitions.
pub(crate) type Details = Combiner<(), CompetitionId, Option<CompetitionDetail>>;

async fn load(
    ctx: &Context,
    ids: &[CompetitionId],
) -> Result<HashMap<CompetitionId, CompetitionDetail>> {
    let db = ctx.db.connection();
    let rows = competition::Entity::find()
        .find_also_related(user::Entity)
        .filter(bulk::any_of(db, competition::Column::Id, ids.iter().copied()))
        .all(db)
        .await?;
    Ok(details(db, rows).await?.into_iter().map(|detail| (detail.competition.id, detail)).collect())
}

/// One page of the actor's own competitions, newest first.
///
/// # Errors
/// Unauthorized, or forbidden for anyone but an organizer.
pub async fn mine(
    ctx: &Context,
    actor: &Actor,
    paging: Paging,
) -> Result<Page<CompetitionWithCount>> {
    own_on_page(ctx, actor.require(Role::Organizer)?.id, paging).await
}

/// The actor's own competitions, newest first, in the part at `cursor`.
///
/// # Errors
/// As for [`mine`].
pub async fn mine_after(
    ctx: &Context,
    actor: &Actor,
    cursor: &Cursor,
) -> Result<Slice<CompetitionWithCount>> {
    let organizer = actor.require(Role::Organizer)?.id;
    let db = &*ctx.db.for_lists().await?;
    let sort = CompetitionSort::Newest;
    let rows = order(sort).part(own(organizer), cursor)?.all(db).await?;
    let Slice { items, next } = Slice::cut(rows, cursor.limit, |row| position(row, sort));
    Ok(Slice { items: with_counts(db, items).await?, next })
}

/// One page of an organizer's competitions, newest first.
pub(crate) async fn own_on_page(
    ctx: &Context,
    organizer: UserId,
    paging: Paging,
) -> Result<Page<CompetitionWithCount>> {
    let db = &*ctx.db.for_lists().await?;
    let total = own(organizer).count(db).await?;
    let rows = sorted(own(organizer), CompetitionSort::Newest);
    let rows = rows.offset(paging.offset()).limit(paging.limit).all(db).await?;
    let items = with_counts(db, rows).await?;
    Ok(Page { items, total, page: paging.page, limit: paging.limit })
}

/// All competitions of an organizer.
pub(crate) fn own(organizer: UserId) -> Select<competition::Entity> {
    competition::Entity::find().filter(competition::Column::OrganizerId.eq(organizer))
}

/// Competitions before their deadline that are not cancelled, including those that open later.
fn open(now: Timestamp) -> Select<competition::Entity> {
    competition::Entity::find().filter(is_open(now))
}

fn matching(filter: &CompetitionFilter, now: Timestamp) -> Select<competition::Entity> {
    let tagged = (!filter.tags.is_empty()).then(|| {
        let ids = competition_tag::Entity::find()
            .select_only()
            .column(competition_tag::Column::CompetitionId)
            .filter(competition_tag::Column::Tag.is_in(&filter.tags))
            .into_query();
        competition::Column::Id.in_subquery(ids)
    });
    let searched = filter
        .search
        .as_deref()
        .map(|words| search::holds((competition::Entity, competition::Column::SearchText), words));
    let organizer = filter.organizer_id.map(|id| competition::Column::OrganizerId.eq(id));
    open(now).filter(Condition::all().add_option(tagged).add_option(searched).add_option(organizer))
}

/// Ids grow with time, so they break ties in the same direction.
fn sorted(
    select: Select<competition::Entity>,
    sort: CompetitionSort,
) -> Select<competition::Entity> {
    use competition::Column::{Id, StartDate};
    match sort {
        CompetitionSort::Start => {
            select.order_by_with_nulls(StartDate, Order::Asc, NullOrdering::Last).order_by_asc(Id)
        }
        sort => order(sort).sort(select),
    }
}
