//! The list of messages, for clients of the API.

use domain::Mail;
use sea_orm::{
    ColumnTrait, EntityTrait, Order, QueryFilter, Select,
    sea_query::{ExprTrait as _, SimpleExpr},
};

use super::{own, view};
use crate::{
    Actor, Context, Result,
    entity::mail,
    infrastructure::{
        keyset::Keyset,
        search::{Query, holds},
    },
    slice::{Cursor, Position, Slice},
};

/// The messages of a list without a cursor, at most.
pub const MAX_LISTED: u64 = 500;

/// The newest of the actor's messages, newest first; with `words`, those that have all of them.
///
/// # Errors
/// Unauthorized.
pub async fn list(ctx: &Context, actor: &Actor, words: Option<&str>) -> Result<Vec<Mail>> {
    Ok(list_after(ctx, actor, words, &Cursor::first(MAX_LISTED)).await?.items)
}

/// The same in the part at `cursor`.
///
/// # Errors
/// Unauthorized.
pub async fn list_after(
    ctx: &Context,
    actor: &Actor,
    words: Option<&str>,
    cursor: &Cursor,
) -> Result<Slice<Mail>> {
    let rows = newest_first().part(matching(actor, words)?, cursor)?;
    part(rows.all(&*ctx.db.for_lists().await?).await?, cursor)
}

/// All stored messages of the actor, also those that they have deleted, in the part at `cursor`.
pub(crate) async fn stored_after(
    ctx: &Context,
    actor: &Actor,
    cursor: &Cursor,
) -> Result<Slice<Mail>> {
    let user = actor.user()?;
    let all = mail::Entity::find().filter(mail::Column::UserId.eq(user.id));
    let rows = newest_first().part(all, cursor)?;
    part(rows.all(&*ctx.db.for_lists().await?).await?, cursor)
}

fn part(rows: Vec<mail::Model>, cursor: &Cursor) -> Result<Slice<Mail>> {
    let position = |row: &mail::Model| Position::at_time(row.sent_at, row.id.0);
    Slice::cut(rows, cursor.limit, position).try_map(|row| Ok(view(row)))
}

/// Searches the actor's own messages only, which an index finds.
pub(super) fn matching(actor: &Actor, words: Option<&str>) -> Result<Select<mail::Entity>> {
    let own = own(actor)?;
    Ok(match words {
        Some(words) => own.filter(has_words(words)),
        None => own,
    })
}

/// A search without words, such as an emoji, is looked for in the text.
fn has_words(search: &str) -> SimpleExpr {
    match Query::parse(search) {
        Some(query) => query.is_in(mail::Column::SearchText),
        None => holds(mail::Column::Subject, search).or(holds(mail::Column::Body, search)),
    }
}

pub(super) fn newest_first() -> Keyset {
    Keyset::by_time(mail::Column::SentAt, mail::Column::Id, Order::Desc)
}
