//! The page of the mailbox.

use std::collections::HashMap;

use domain::{CompetitionId, MailFilter, MailId, MailPage, MailPart, MailThread, Page};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, Select,
};

use super::{
    list::{matching, newest_first},
    own, threads, unread_count, view,
};
use crate::{
    Actor, Context, Result,
    entity::{competition, mail},
    infrastructure::{db::bulk, keyset::in_order_of},
};

/// One page of the actor's messages, and what the page says about the rest. All messages are in
/// threads; those that match a search, that are about one competition, or that were deleted, are
/// threads of one message each.
///
/// # Errors
/// Unauthorized.
pub async fn browse(ctx: &Context, actor: &Actor, filter: &MailFilter) -> Result<MailPage> {
    let db = &*ctx.db.for_lists().await?;
    let search = filter.search.as_deref();
    let found = match (search, filter.part) {
        (Some(_), _) => messages(db, matching(actor, search)?, filter).await?,
        (None, MailPart::All) => all_threads(db, actor, filter).await?,
        (None, MailPart::Competition(id)) => {
            let about = own(actor)?.filter(mail::Column::CompetitionId.eq(id));
            messages(db, about, filter).await?
        }
        (None, MailPart::Deleted) => messages(db, deleted(actor)?, filter).await?,
    };
    let any = found.total > 0 || own(actor)?.one(db).await?.is_some();
    let competition = match filter.part {
        MailPart::Competition(id) => title(db, id).await?,
        MailPart::All | MailPart::Deleted => None,
    };
    Ok(MailPage {
        found,
        unread: unread_count(ctx, actor).await?,
        any,
        any_deleted: deleted(actor)?.one(db).await?.is_some(),
        competition,
    })
}

/// The actor's messages that they have deleted.
fn deleted(actor: &Actor) -> Result<Select<mail::Entity>> {
    let user = actor.user()?;
    Ok(mail::Entity::find()
        .filter(mail::Column::UserId.eq(user.id))
        .filter(mail::Column::DeletedAt.is_not_null()))
}

async fn messages(
    db: &impl ConnectionTrait,
    matching: Select<mail::Entity>,
    filter: &MailFilter,
) -> Result<Page<MailThread>> {
    let total = matching.clone().count(db).await?;
    let ids: Vec<MailId> = newest_first().ids(db, matching, filter.paging.range(), total).await?;
    let rows = load(db, &ids).await?.into_iter();
    let items = rows.map(|row| MailThread {
        unread: u64::from(row.read_at.is_none()),
        competition: row.competition_id,
        newest: view(row),
        messages: 1,
    });
    Ok(page(items.collect(), total, filter))
}

async fn all_threads(
    db: &impl ConnectionTrait,
    actor: &Actor,
    filter: &MailFilter,
) -> Result<Page<MailThread>> {
    let user = actor.user()?.id;
    let total = threads::total(db, user).await?;
    let threads = threads::page(db, user, filter.paging).await?;
    let ids: Vec<MailId> = threads.iter().map(|thread| thread.id).collect();
    let counts: HashMap<_, _> = threads.iter().map(|thread| (thread.id, thread)).collect();
    let items = load(db, &ids).await?.into_iter().filter_map(|row| {
        let thread = counts.get(&row.id)?;
        Some(MailThread {
            competition: row.competition_id,
            newest: view(row),
            messages: u64::try_from(thread.messages).unwrap_or_default(),
            unread: u64::try_from(thread.unread).unwrap_or_default(),
        })
    });
    Ok(page(items.collect(), total, filter))
}

/// The messages with these ids, in their order.
async fn load(db: &impl ConnectionTrait, ids: &[MailId]) -> Result<Vec<mail::Model>> {
    let these = bulk::any_of(db, mail::Column::Id, ids.iter().copied());
    let rows = mail::Entity::find().filter(these).all(db).await?;
    Ok(in_order_of(ids, rows, |row| row.id))
}

fn page(items: Vec<MailThread>, total: u64, filter: &MailFilter) -> Page<MailThread> {
    Page { items, total, page: filter.paging.page, limit: filter.paging.limit }
}

/// The title of a competition, if it still exists.
async fn title(db: &impl ConnectionTrait, id: CompetitionId) -> Result<Option<String>> {
    let title = competition::Entity::find_by_id(id)
        .select_only()
        .column(competition::Column::Title)
        .into_tuple::<String>();
    Ok(title.one(db).await?)
}
