//! The in-app mailbox.
//!
//! A message that its reader deletes stays for a month, so that it can be restored. Its dedup key
//! also keeps jobs from sending it again.

mod browse;
mod draft;
mod list;
mod marks;
mod selection;
mod threads;

use domain::{ErrorCode, Mail, MailId, PublicError};
use sea_orm::{ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter, Select};

pub(crate) use self::draft::{
    About, Draft, row, store, store_and_enqueue, store_and_enqueue_in_bulk, store_with_tickets,
};
pub(crate) use self::list::stored_after;
pub use self::{
    browse::browse,
    list::{MAX_LISTED, list, list_after},
    marks::{mark_all_read, mark_read},
    selection::change,
};
use crate::{Actor, Context, Result, entity::mail};

/// One of the actor's messages, also a deleted one, without marking it as read.
///
/// # Errors
/// Unauthorized; [`ErrorCode::MailNotFound`], also for another user's message.
pub async fn get(ctx: &Context, actor: &Actor, id: MailId) -> Result<Mail> {
    let user = actor.user()?;
    let found = mail::Entity::find_by_id(id)
        .filter(mail::Column::UserId.eq(user.id))
        .one(ctx.db.connection())
        .await?;
    let not_found = || PublicError::new(ErrorCode::MailNotFound, "Message not found").into();
    found.map(view).ok_or_else(not_found)
}

/// How many messages the actor has not opened.
///
/// # Errors
/// Unauthorized.
pub async fn unread_count(ctx: &Context, actor: &Actor) -> Result<u64> {
    // A message that was deleted is read.
    let user = actor.user()?;
    let unread = mail::Entity::find()
        .filter(mail::Column::UserId.eq(user.id))
        .filter(mail::Column::ReadAt.is_null());
    Ok(unread.count(ctx.db.connection()).await?)
}

/// The actor's messages that were not deleted.
fn own(actor: &Actor) -> Result<Select<mail::Entity>> {
    let user = actor.user()?;
    Ok(mail::Entity::find()
        .filter(mail::Column::UserId.eq(user.id))
        .filter(mail::Column::DeletedAt.is_null()))
}

fn view(row: mail::Model) -> Mail {
    Mail {
        id: row.id,
        user_id: row.user_id,
        to: row.recipient,
        subject: row.subject,
        body: row.body,
        sent_at: row.sent_at.into(),
        read_at: row.read_at.map(Into::into),
    }
}
