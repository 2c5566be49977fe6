//! The in-app mailbox.

use domain::{ErrorCode, Mail, MailId, PublicError, Timestamp, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    Actor, Context, Result,
    db::bulk,
    entity::mail,
    ids::new_id,
    jobs::{self, Job},
};

/// The most messages one list shows.
const MAX_LISTED: u64 = 500;

/// The actor's messages, newest first.
///
/// # Errors
/// Unauthorized.
pub async fn list(ctx: &Context, actor: &Actor) -> Result<Vec<Mail>> {
    let rows = own(actor)?
        .order_by_desc(mail::Column::SentAt)
        .order_by_desc(mail::Column::Id)
        .limit(MAX_LISTED);
    Ok(rows.all(ctx.db.connection()).await?.into_iter().map(view).collect())
}

/// How many messages the actor has not opened.
///
/// # Errors
/// Unauthorized.
pub async fn unread_count(ctx: &Context, actor: &Actor) -> Result<u64> {
    let unread = own(actor)?.filter(mail::Column::ReadAt.is_null());
    Ok(unread.count(ctx.db.connection()).await?)
}

/// Notes that the actor has opened a message; the first time counts.
///
/// # Errors
/// Unauthorized; [`ErrorCode::MailNotFound`], also for somebody else's message.
pub async fn mark_read(ctx: &Context, actor: &Actor, id: MailId) -> Result<Mail> {
    let user = actor.user()?;
    mail::Entity::update_many()
        .col_expr(mail::Column::ReadAt, Expr::value(ctx.now().utc()))
        .filter(mail::Column::Id.eq(id.0))
        .filter(mail::Column::UserId.eq(user.id.0))
        .filter(mail::Column::ReadAt.is_null())
        .exec(&*ctx.db.autocommit().await)
        .await?;
    let found = own(actor)?.filter(mail::Column::Id.eq(id.0)).one(ctx.db.connection()).await?;
    let not_found = || PublicError::new(ErrorCode::MailNotFound, "Message not found").into();
    found.map(view).ok_or_else(not_found)
}

/// A message to be delivered.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) user: Uuid,
    pub(crate) recipient: String,
    pub(crate) subject: String,
    pub(crate) body: String,
    /// Two messages with one key are one message.
    pub(crate) dedup_key: String,
}

/// Puts messages into their mailboxes, and on their way to the addresses of their owners if this installation sends
/// mail; in the transaction of what they tell of.
pub(crate) async fn deliver(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    drafts: Vec<Draft>,
) -> Result<()> {
    let mails = keep(tx, ctx.now(), drafts).await?;
    if ctx.mailer.is_none() {
        return Ok(());
    }
    // One whose key was there already has no row of its own, and its job will find nothing to send.
    let jobs = mails.into_iter().map(|mail_id| (Job::DeliverMail { mail_id }, None));
    bulk::insert(tx, jobs::rows(ctx.now(), jobs)?).await
}

/// Puts messages into their mailboxes and nowhere else.
pub(crate) async fn keep(
    tx: &impl ConnectionTrait,
    now: Timestamp,
    drafts: Vec<Draft>,
) -> Result<Vec<MailId>> {
    let rows = drafts.into_iter().map(|draft| mail::Model {
        id: new_id(),
        user_id: draft.user,
        recipient: draft.recipient,
        subject: draft.subject,
        body: draft.body,
        sent_at: now.utc(),
        read_at: None,
        dedup_key: draft.dedup_key,
    });
    let rows: Vec<_> = rows.collect();
    let ids = rows.iter().map(|row| MailId(row.id)).collect();
    bulk::insert_new(tx, rows, mail::Column::DedupKey).await?;
    Ok(ids)
}

fn own(actor: &Actor) -> Result<sea_orm::Select<mail::Entity>> {
    let user = actor.user()?;
    Ok(mail::Entity::find().filter(mail::Column::UserId.eq(user.id.0)))
}

fn view(row: mail::Model) -> Mail {
    Mail {
        id: MailId(row.id),
        user_id: UserId(row.user_id),
        to: row.recipient,
        subject: row.subject,
        body: row.body,
        sent_at: row.sent_at.into(),
        read_at: row.read_at.map(Into::into),
    }
}
