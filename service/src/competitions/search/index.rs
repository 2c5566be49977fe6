//! Keeping the index of the competitions that are found by words: those that are listed, until a
//! year after their registration has closed. An edit that makes one a draft or unlisted removes it,
//! and the clean-up job deletes older and cancelled ones.

use std::collections::BTreeSet;

use domain::{CompetitionId, UserId};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect,
    RelationTrait, Select, sea_query::ExprTrait,
};

use crate::{
    Context, Result,
    competitions::open::is_searchable,
    entity::{competition, competition_search, competition_tag::tags_of, search_term, user},
    infrastructure::{
        db::{bulk, retry},
        search::words,
    },
    markdown,
};

/// Competitions that one transaction indexes.
const BATCH: u64 = 200;

/// Indexes a competition that was created or edited, if it is searchable. If that fails,
/// [`index_missing`] makes up for it.
pub(crate) async fn index(ctx: &Context, id: CompetitionId) {
    if let Err(error) = index_all(ctx, &[id]).await {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(error, competition.id = %id, "a competition could not be indexed");
    }
}

/// Indexes the searchable competitions of an organizer whose name has changed.
///
/// # Errors
/// When the database fails.
pub(crate) async fn index_those_of(ctx: &Context, organizer: UserId) -> Result<()> {
    let theirs = competition::Entity::find().filter(competition::Column::OrganizerId.eq(organizer));
    index_searchable(ctx, theirs).await.map(drop)
}

/// Indexes the searchable competitions that are not in the index, or with an earlier revision:
/// those that an earlier release has written, and those whose process died after the change.
/// Returns how many.
///
/// # Errors
/// When the database fails; those that were indexed by then stay.
pub async fn index_missing(ctx: &Context) -> Result<usize> {
    use competition_search::Column::Revision;
    let is_outdated =
        Revision.is_null().or(Revision.into_expr().ne(competition::Column::Revision.into_expr()));
    let missing = competition::Entity::find()
        .join_rev(JoinType::LeftJoin, competition_search::Relation::Competition.def())
        .filter(is_outdated);
    index_searchable(ctx, missing).await
}

/// Indexes those that are searchable, in batches in the order of their ids.
async fn index_searchable(ctx: &Context, these: Select<competition::Entity>) -> Result<usize> {
    use competition::Column::Id;
    let searchable =
        these.filter(is_searchable(ctx.now())).select_only().column(Id).order_by_asc(Id);
    let (mut indexed, mut after) = (0, None::<CompetitionId>);
    loop {
        let next = Condition::all().add_option(after.map(|id| Id.gt(id)));
        let ids = searchable.clone().filter(next).limit(BATCH);
        let ids: Vec<CompetitionId> = ids.into_tuple().all(&*ctx.db.for_lists().await?).await?;
        let Some(last) = ids.last() else { return Ok(indexed) };
        after = Some(*last);
        index_all(ctx, &ids).await?;
        indexed += ids.len();
    }
}

async fn index_all(ctx: &Context, ids: &[CompetitionId]) -> Result<()> {
    retry(|| attempt(ctx, ids)).await
}

async fn attempt(ctx: &Context, ids: &[CompetitionId]) -> Result<()> {
    let tx = ctx.db.begin_read_committed().await?;
    // Deleted first: of two processes that index the same competition, the second one waits here,
    // and then reads what the first one has read, or later.
    competition_search::Entity::delete_many()
        .filter(bulk::any_of(&*tx, competition_search::Column::CompetitionId, ids.iter().copied()))
        .exec(&*tx)
        .await?;
    let rows = competition::Entity::find()
        .find_also_related(user::Entity)
        .filter(is_searchable(ctx.now()))
        .filter(bulk::any_of(&*tx, competition::Column::Id, ids.iter().copied()))
        .all(&*tx)
        .await?;
    let tags = tags_of(&*tx, ids.iter().copied()).await?;
    let entries: Vec<_> = rows
        .into_iter()
        .map(|(row, organizer)| {
            let tags = tags.get(&row.id).map(|tags| tags.join("\n")).unwrap_or_default();
            let name = organizer.map(|organizer| organizer.name).unwrap_or_default();
            let facts = row.searched_facts();
            let description = markdown::plain_text(&row.description);
            let others = words(&[&*tags, &name, &facts, &description].join("\n"));
            competition_search::Model {
                competition_id: row.id,
                revision: row.revision,
                title_words: words(&row.title).join(" "),
                other_words: others.join(" "),
            }
        })
        .collect();
    let all = entries
        .iter()
        .flat_map(|entry| entry.title_words.split(' ').chain(entry.other_words.split(' ')));
    let terms: BTreeSet<String> = all.filter(|word| !word.is_empty()).map(str::to_owned).collect();
    bulk::insert(&*tx, entries).await?;
    tx.commit().await?;
    add_terms(ctx, terms).await
}

/// Adds terms in a transaction of their own, in order, so that two processes do not deadlock.
async fn add_terms(ctx: &Context, mut terms: BTreeSet<String>) -> Result<()> {
    let known = search_term::Entity::find().filter(bulk::any_of(
        ctx.db.connection(),
        search_term::Column::Term,
        terms.clone(),
    ));
    for known in known.all(ctx.db.connection()).await? {
        terms.remove(&known.term);
    }
    if terms.is_empty() {
        return Ok(());
    }
    let row = |term: String| search_term::Model { reversed: term.chars().rev().collect(), term };
    let rows = terms.into_iter().map(row).collect();
    bulk::insert_new(&*ctx.db.autocommit().await, rows, search_term::Column::Term).await
}
