//! Lists of competitions: in pages, in parts, and the first of one.

use domain::{
    CompetitionDetail, CompetitionFilter, CompetitionId, CompetitionPage, CompetitionSort,
    CompetitionStatus, MAX_COUNTED, Page, Paging, Timestamp,
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    Select,
};

use super::{
    details::details,
    filtered::{matching, open, unsearched},
    order::{order, position, undated_order},
    organizer::shown_to,
    popular_tags,
    search::Search,
};
use crate::{
    Actor, Context, Result,
    entity::{competition, user},
    infrastructure::{db::bulk, keyset::in_order_of},
    slice::{Cursor, PositionKey, Slice},
};

/// One page of the competitions that match.
///
/// # Errors
/// When the database fails.
pub async fn list(ctx: &Context, filter: &CompetitionFilter) -> Result<Page<CompetitionDetail>> {
    let db = &*ctx.db.for_lists().await?;
    let search = search(db, filter).await?;
    let (ids, total) = match &search {
        Some(search) if filter.sort == CompetitionSort::Relevance => {
            let best = search.best(db, unsearched(filter, ctx.now())).await?;
            (paged(&best, filter.paging), best.len() as u64)
        }
        _ => {
            let matching = matching(db, filter, search.as_ref(), ctx.now());
            let total = count(db, &matching, filter.is_estimated()).await?;
            (ids_on_page(db, matching, filter, ctx.now(), total).await?, total)
        }
    };
    Ok(Page {
        items: shown(ctx, db, with_organizers(db, ids).await?).await?,
        total,
        page: filter.paging.page,
        limit: filter.paging.limit,
    })
}

/// The competitions that match, in the part at `cursor`; the page of the filter is
/// ignored.
///
/// # Errors
/// [`domain::ErrorCode::InvalidCursor`] for a position in another order.
pub async fn list_after(
    ctx: &Context,
    filter: &CompetitionFilter,
    cursor: &Cursor,
) -> Result<Slice<CompetitionDetail>> {
    let db = &*ctx.db.for_lists().await?;
    let search = search(db, filter).await?;
    let matching = matching(db, filter, search.as_ref(), ctx.now());
    let rows = match filter.sort {
        CompetitionSort::Start => by_start(db, matching, filter.status, ctx.now(), cursor).await?,
        sort => {
            let rows = matching.find_also_related(user::Entity);
            order(sort, filter.status).part(rows, cursor)?.all(db).await?
        }
    };
    let Slice { items, next } =
        Slice::cut(rows, cursor.limit, |(row, _)| position(row, filter.sort));
    Ok(Slice { items: shown(ctx, db, items).await?, next })
}

/// The search of a filter, if it has one.
async fn search(db: &impl ConnectionTrait, filter: &CompetitionFilter) -> Result<Option<Search>> {
    match &filter.search {
        Some(text) => Ok(Some(Search::parse(db, text).await?)),
        None => Ok(None),
    }
}

/// The number of competitions; of an estimate, [`MAX_COUNTED`] if there are more.
async fn count(
    db: &impl ConnectionTrait,
    matching: &Select<competition::Entity>,
    is_estimate: bool,
) -> Result<u64> {
    if !is_estimate {
        return Ok(matching.clone().count(db).await?);
    }
    let some = matching.clone().select_only().column(competition::Column::Id).limit(MAX_COUNTED);
    Ok(some.into_tuple::<CompetitionId>().all(db).await?.len() as u64)
}

/// One page of a list of ids.
fn paged(ids: &[CompetitionId], paging: Paging) -> Vec<CompetitionId> {
    let index = |number: u64| usize::try_from(number).unwrap_or(usize::MAX).min(ids.len());
    let range = paging.range();
    ids[index(range.start)..index(range.end)].to_vec()
}

/// The ids of one page of `total` competitions; of an estimate with [`MAX_COUNTED`], of any number
/// of them.
async fn ids_on_page(
    db: &impl ConnectionTrait,
    matching: Select<competition::Entity>,
    filter: &CompetitionFilter,
    now: Timestamp,
    total: u64,
) -> Result<Vec<CompetitionId>> {
    let (range, order) = (filter.paging.range(), order(filter.sort, filter.status));
    let is_estimate = filter.is_estimated();
    if is_estimate && filter.search.is_none() && range.start > MAX_COUNTED {
        // Pages after the last one that is counted. Finding them would read all that are before.
        return Ok(Vec::new());
    }
    let total = if is_estimate && total >= MAX_COUNTED { u64::MAX } else { total };
    match filter.sort {
        CompetitionSort::Start => {
            // Those without a start are behind all others: two lists, one after the other.
            let dated = dated(matching.clone(), filter.status, now);
            let dates = match count(db, &dated, is_estimate).await? {
                MAX_COUNTED if is_estimate => u64::MAX,
                dates => dates,
            };
            let mut ids = order.ids(db, dated, range.clone(), dates).await?;
            let rest = range.start.saturating_sub(dates)..range.end.saturating_sub(dates);
            let undated = matching.filter(competition::Column::StartDate.is_null());
            let (missing, order) = (total.saturating_sub(dates), undated_order(filter.status));
            ids.extend(order.ids::<_, CompetitionId>(db, undated, rest, missing).await?);
            Ok(ids)
        }
        // From its far end, the index of creation begins with the competitions that are past.
        CompetitionSort::Newest | CompetitionSort::Relevance if range.start > total / 2 => {
            order.by_sorting().ids(db, matching, range, total).await
        }
        CompetitionSort::Newest
        | CompetitionSort::Relevance
        | CompetitionSort::Deadline
        | CompetitionSort::Title => order.ids(db, matching, range, total).await,
    }
}

/// Those of the competitions of this status that have a start. No open one starts before its
/// deadline, and no closed one is over: the condition on `now` changes nothing, except that the
/// index of starts is read from there on.
fn dated(
    matching: Select<competition::Entity>,
    status: CompetitionStatus,
    now: Timestamp,
) -> Select<competition::Entity> {
    let start = competition::Column::StartDate;
    matching.filter(match status {
        CompetitionStatus::Open | CompetitionStatus::Closed => start.gt(now.utc()),
        CompetitionStatus::Over => start.lte(now.utc()),
    })
}

/// Competitions with their organizers, in the order of the ids.
async fn with_organizers(
    db: &impl ConnectionTrait,
    ids: Vec<CompetitionId>,
) -> Result<Vec<(competition::Model, Option<user::Model>)>> {
    let rows = competition::Entity::find()
        .find_also_related(user::Entity)
        .filter(bulk::any_of(db, competition::Column::Id, ids.iter().copied()))
        .all(db)
        .await?;
    Ok(in_order_of(&ids, rows, |(row, _)| row.id))
}

/// The part at `cursor` of competitions by their start, and one more. Those without a
/// start are behind all others. Each of the two is one range of the index.
async fn by_start(
    db: &impl ConnectionTrait,
    matching: Select<competition::Entity>,
    status: CompetitionStatus,
    now: Timestamp,
    cursor: &Cursor,
) -> Result<Vec<(competition::Model, Option<user::Model>)>> {
    use competition::Column::{Id, StartDate};
    let after = cursor.after.as_ref();
    let undated_after = after.filter(|position| position.key == PositionKey::NoTime);
    let mut rows = Vec::new();
    if undated_after.is_none() {
        let dated = dated(matching.clone(), status, now).find_also_related(user::Entity);
        rows = order(CompetitionSort::Start, status).part(dated, cursor)?.all(db).await?;
    }
    let missing = (cursor.limit + 1).saturating_sub(rows.len() as u64);
    if missing > 0 {
        let is_reversed = status == CompetitionStatus::Over;
        let after = |id| if is_reversed { Id.lt(id) } else { Id.gt(id) };
        let after = undated_after.map(|position| after(position.id));
        let undated = matching.filter(StartDate.is_null());
        let undated = undated.filter(Condition::all().add_option(after));
        let ids = undated_order(status).ids(db, undated, 0..missing, missing).await?;
        rows.extend(with_organizers(db, ids).await?);
    }
    Ok(rows)
}

/// The page of competitions: those that match, and the tags to filter by.
///
/// # Errors
/// When the database fails.
pub async fn browse(ctx: &Context, filter: &CompetitionFilter) -> Result<CompetitionPage> {
    let found = list(ctx, filter).await?;
    let db = ctx.db.connection();
    let is_open = filter.status == CompetitionStatus::Open && found.total > 0;
    let any_open = is_open || open(ctx.now()).one(db).await?.is_some();
    Ok(CompetitionPage { found, popular_tags: popular_tags::get(ctx).await?, any_open })
}

/// The open competitions with the next deadlines.
///
/// # Errors
/// When the database fails.
pub async fn closing_soon(ctx: &Context, limit: u64) -> Result<Vec<CompetitionDetail>> {
    let db = &*ctx.db.for_lists().await?;
    let soonest = order(CompetitionSort::Deadline, CompetitionStatus::Open);
    let ids = soonest.ids(db, open(ctx.now()), 0..limit, limit).await?;
    shown(ctx, db, with_organizers(db, ids).await?).await
}

/// Competitions as visitors see them.
async fn shown(
    ctx: &Context,
    db: &impl ConnectionTrait,
    rows: Vec<(competition::Model, Option<user::Model>)>,
) -> Result<Vec<CompetitionDetail>> {
    let visitor = Actor::anonymous();
    let details = details(db, rows).await?;
    Ok(details.into_iter().map(|detail| shown_to(ctx, &visitor, detail)).collect())
}

#[cfg(test)]
mod tests {
    use domain::{CompetitionQuery, UserId};
    use sea_orm::{DbBackend, QueryTrait, Statement};

    use super::{super::order::newest, *};
    use crate::{
        entity::registration,
        fill::{Size, fill},
        registration::is_shown_to,
        testing::World,
    };

    /// 400 open competitions of 2,000.
    async fn filled() -> World {
        let world = World::new().await;
        let size = Size { participants: 20, competitions: 2_000, registrations: 200 };
        fill(&world.ctx, size, false, |_| {}).await.unwrap();
        world
    }

    /// The plan of a query of lists.
    async fn plan(ctx: &Context, query: impl QueryTrait) -> String {
        let db = &*ctx.db.for_lists().await.unwrap();
        let is_sqlite = db.get_database_backend() == DbBackend::Sqlite;
        let explain = if is_sqlite { "EXPLAIN QUERY PLAN" } else { "EXPLAIN" };
        let query = query.build(db.get_database_backend());
        let explain = Statement { sql: format!("{explain} {}", query.sql), ..query };
        let rows = db.query_all_raw(explain).await.unwrap();
        let column = if is_sqlite { "detail" } else { "QUERY PLAN" };
        let lines = rows.iter().map(|row| row.try_get::<String>("", column).unwrap());
        lines.collect::<Vec<_>>().join("\n")
    }

    fn filter(sort: &str, page: u64) -> CompetitionFilter {
        let query = CompetitionQuery {
            sort: Some(sort.to_owned()),
            page: Some(page.to_string()),
            limit: Some("70".to_owned()),
            ..CompetitionQuery::default()
        };
        query.check().unwrap()
    }

    #[tokio::test]
    async fn pages_of_each_order_are_the_parts_of_the_whole_list() {
        let world = filled().await;
        for sort in ["newest", "deadline", "start", "title"] {
            let whole = list_after(&world.ctx, &filter(sort, 1), &Cursor::first(1_000)).await;
            let whole = whole.unwrap().items;
            assert!(whole.len() > 350, "{} are open", whole.len());
            let mut pages = Vec::new();
            for page in 1..=whole.len().div_ceil(70) {
                let found = list(&world.ctx, &filter(sort, page as u64)).await.unwrap();
                assert_eq!(found.total, whole.len() as u64);
                pages.extend(found.items);
            }
            assert!(pages == whole, "by {sort}");
            let beyond = list(&world.ctx, &filter(sort, 100)).await.unwrap();
            assert_eq!(beyond.items, []);
        }
        let undated = filter("start", 6);
        let last = list(&world.ctx, &undated).await.unwrap().items;
        assert_eq!(last.last().unwrap().competition.start_date, None);
    }

    #[tokio::test]
    async fn pages_of_past_competitions_are_the_parts_of_the_list_up_to_the_number_counted() {
        let world = filled().await;
        // Half of those that are over have no start.
        let undated = "UPDATE competitions SET start_date = NULL, ends_at = NULL \
                       WHERE title LIKE '%a%' AND reg_deadline < ";
        let long_ago = world.ctx.now().utc() - domain::UNDATED_FOR;
        let long_ago = long_ago.format("'%Y-%m-%dT%H:%M:%S+00:00'");
        world.execute(&format!("{undated}{long_ago}")).await.unwrap();
        for sort in ["newest", "deadline", "start", "title"] {
            let over = |page| {
                let status = CompetitionStatus::Over;
                CompetitionFilter { status, ..filter(sort, page) }
            };
            let (mut whole, mut cursor) = (Vec::new(), Cursor::first(100));
            while whole.len() < 1_050 {
                let part = list_after(&world.ctx, &over(1), &cursor).await.unwrap();
                whole.extend(part.items);
                cursor = Cursor { after: part.next, ..cursor };
            }
            whole.truncate(1_050);
            let mut pages = Vec::new();
            for page in 1..=15 {
                let found = list(&world.ctx, &over(page)).await.unwrap();
                assert_eq!(found.total, MAX_COUNTED);
                pages.extend(found.items);
            }
            assert!(pages == whole, "by {sort}");
            assert_eq!(list(&world.ctx, &over(16)).await.unwrap().items, []);
        }
    }

    #[tokio::test]
    async fn open_competitions_are_counted_and_sorted_by_an_index_alone() {
        let world = filled().await;
        let ctx = &world.ctx;
        let ids = || open(ctx.now()).select_only().column(competition::Column::Id);
        let plan_of_count = plan(ctx, ids()).await;
        assert!(plan_of_count.contains("competitions_listed_idx"), "{plan_of_count}");
        let last = order(CompetitionSort::Title, CompetitionStatus::Open)
            .sort(ids())
            .offset(300)
            .limit(20);
        let plan_of_page = plan(ctx, last).await;
        if ctx.db.is_sqlite() {
            assert!(plan_of_count.contains("COVERING INDEX"), "{plan_of_count}");
        } else {
            let index = "Index Only Scan using competitions_listed_idx";
            assert!(plan_of_count.contains(index), "{plan_of_count}");
            assert!(plan_of_page.contains(index), "{plan_of_page}");
        }
    }

    #[tokio::test]
    async fn the_last_pages_do_not_read_past_competitions() {
        let world = filled().await;
        let ctx = &world.ctx;
        let ids = open(ctx.now()).select_only().column(competition::Column::Id);
        for order in [newest().by_sorting(), undated_order(CompetitionStatus::Open)] {
            let plan = plan(ctx, order.sort(ids.clone()).limit(20)).await;
            assert!(plan.contains("competitions_listed_idx"), "{plan}");
        }
    }

    #[tokio::test]
    async fn the_list_by_start_begins_at_the_starts_to_come() {
        let world = filled().await;
        let ctx = &world.ctx;
        let first = dated(open(ctx.now()), CompetitionStatus::Open, ctx.now());
        let first = first.select_only().column(competition::Column::Id);
        let plan =
            plan(ctx, order(CompetitionSort::Start, CompetitionStatus::Open).sort(first).limit(20))
                .await;
        let begins = plan.contains("start_date >") || plan.contains("start_date>");
        let passes_over_the_past = plan.contains("competitions_start_date_id_idx") && !begins;
        assert!(!passes_over_the_past, "{plan}");
    }

    #[tokio::test]
    async fn whether_registrations_are_for_drafts_is_read_from_an_index_of_drafts() {
        let world = filled().await;
        let ctx = &world.ctx;
        // SQLite looks the competition up by its id.
        if ctx.db.is_sqlite() {
            return;
        }
        world.execute("ANALYZE").await.unwrap();
        let user = UserId("01939c2e-7b5a-7000-8000-000000000001".parse().unwrap());
        let own = registration::Entity::find().filter(is_shown_to(user)).select_only();
        let plan = plan(ctx, own.column(registration::Column::Id)).await;
        assert!(plan.contains("competitions_draft_idx"), "{plan}");
    }
}
