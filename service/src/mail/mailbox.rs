//! The in-app mailbox.

use domain::{
    ErrorCode, Mail, MailFilter, MailId, MailPage, Page, PublicError, Timestamp, UserId, searchable,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder,
    QuerySelect, Select, UpdateMany, prelude::DateTimeUtc, sea_query::Expr,
};

use crate::{
    Actor, Context, Result,
    entity::mail,
    infrastructure::{db::bulk, ids::new_id, search},
    jobs::{self, NewJob},
    mail::delivery::DeliverMail,
};

/// The most messages one list shows.
const MAX_LISTED: u64 = 500;

/// The newest of the actor's messages that hold the words, if any are given, newest first. Words are in lower case.
///
/// # Errors
/// Unauthorized.
pub async fn list(ctx: &Context, actor: &Actor, words: Option<&str>) -> Result<Vec<Mail>> {
    let rows = newest_first(matching(actor, words)?).limit(MAX_LISTED);
    Ok(rows.all(ctx.db.connection()).await?.into_iter().map(view).collect())
}

/// One page of the actor's messages that match, and what the page says about the rest.
///
/// # Errors
/// Unauthorized.
pub async fn browse(ctx: &Context, actor: &Actor, filter: &MailFilter) -> Result<MailPage> {
    let db = ctx.db.connection();
    let matching = matching(actor, filter.search.as_deref())?;
    let total = matching.clone().count(db).await?;
    let rows = newest_first(matching)
        .offset(filter.paging.offset())
        .limit(filter.paging.limit)
        .all(db)
        .await?;
    let any = total > 0 || own(actor)?.one(db).await?.is_some();
    let found = Page {
        items: rows.into_iter().map(view).collect(),
        total,
        page: filter.paging.page,
        limit: filter.paging.limit,
    };
    Ok(MailPage { found, unread: unread_count(ctx, actor).await?, any })
}

/// One of the actor's messages, as it is.
///
/// # Errors
/// Unauthorized; [`ErrorCode::MailNotFound`], also for somebody else's message.
pub async fn get(ctx: &Context, actor: &Actor, id: MailId) -> Result<Mail> {
    let found = own(actor)?.filter(mail::Column::Id.eq(id)).one(ctx.db.connection()).await?;
    let not_found = || PublicError::new(ErrorCode::MailNotFound, "Message not found").into();
    found.map(view).ok_or_else(not_found)
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
    let one = unread(actor)?.filter(mail::Column::Id.eq(id));
    read(ctx, one).await?;
    get(ctx, actor, id).await
}

/// Notes that the actor has opened every message; answers with how many were unread.
///
/// # Errors
/// Unauthorized.
pub async fn mark_all_read(ctx: &Context, actor: &Actor) -> Result<u64> {
    read(ctx, unread(actor)?).await
}

/// Makes a message as good as never opened.
///
/// # Errors
/// Unauthorized; [`ErrorCode::MailNotFound`], also for somebody else's message.
pub async fn mark_unread(ctx: &Context, actor: &Actor, id: MailId) -> Result<Mail> {
    let user = actor.user()?;
    mail::Entity::update_many()
        .col_expr(mail::Column::ReadAt, Expr::value(None::<DateTimeUtc>))
        .filter(mail::Column::Id.eq(id))
        .filter(mail::Column::UserId.eq(user.id))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    get(ctx, actor, id).await
}

/// The actor's unread messages, to be changed.
fn unread(actor: &Actor) -> Result<UpdateMany<mail::Entity>> {
    let user = actor.user()?;
    Ok(mail::Entity::update_many()
        .filter(mail::Column::UserId.eq(user.id))
        .filter(mail::Column::ReadAt.is_null()))
}

async fn read(ctx: &Context, unread: UpdateMany<mail::Entity>) -> Result<u64> {
    let read = unread.col_expr(mail::Column::ReadAt, Expr::value(ctx.now().utc()));
    Ok(read.exec(&*ctx.db.autocommit().await).await?.rows_affected)
}

/// A message to be delivered.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) user: UserId,
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
    let jobs = keep_to_send(ctx, tx, drafts).await?;
    jobs::add(tx, ctx.now(), jobs.into_iter().map(NewJob::from)).await
}

/// The same for messages to many people at once: nobody's own mail waits behind them.
pub(crate) async fn deliver_in_bulk(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    drafts: Vec<Draft>,
) -> Result<()> {
    let jobs = keep_to_send(ctx, tx, drafts).await?;
    let jobs = jobs.into_iter().map(|job| NewJob::from(job).with_route(DeliverMail::BULK));
    jobs::add(tx, ctx.now(), jobs).await
}

/// Puts messages into their mailboxes; answers with the jobs to send them, which are none where no
/// mail is sent.
async fn keep_to_send(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    drafts: Vec<Draft>,
) -> Result<Vec<DeliverMail>> {
    let mails = keep(tx, ctx.now(), drafts).await?;
    if ctx.mailer.is_none() {
        return Ok(Vec::new());
    }
    // One whose key was there already has no row of its own, and its job will find nothing to send.
    Ok(mails.into_iter().map(|mail_id| DeliverMail { mail_id }).collect())
}

/// Puts messages into their mailboxes and nowhere else. A deleted account has no address and gets
/// none.
pub(crate) async fn keep(
    tx: &impl ConnectionTrait,
    now: Timestamp,
    drafts: Vec<Draft>,
) -> Result<Vec<MailId>> {
    let drafts = drafts.into_iter().filter(|draft| !draft.recipient.is_empty());
    let rows = drafts.map(|draft| mail::Model {
        id: MailId(new_id()),
        user_id: draft.user,
        recipient: draft.recipient,
        search_text: search_text(&draft.subject, &draft.body),
        subject: draft.subject,
        body: draft.body,
        sent_at: now.utc(),
        read_at: None,
        dedup_key: draft.dedup_key,
    });
    let rows: Vec<_> = rows.collect();
    let ids = rows.iter().map(|row| row.id).collect();
    bulk::insert_new(tx, rows, mail::Column::DedupKey).await?;
    Ok(ids)
}

/// What a search looks in: databases do not agree on what the lower case of a letter is.
fn search_text(subject: &str, body: &str) -> String {
    searchable(&format!("{subject} {body}"))
}

fn own(actor: &Actor) -> Result<Select<mail::Entity>> {
    let user = actor.user()?;
    Ok(mail::Entity::find().filter(mail::Column::UserId.eq(user.id)))
}

/// The words are only looked for among the actor's own messages, which an index finds.
fn matching(actor: &Actor, words: Option<&str>) -> Result<Select<mail::Entity>> {
    let own = own(actor)?;
    Ok(match words {
        Some(words) => own.filter(search::holds(mail::Column::SearchText, words)),
        None => own,
    })
}

fn newest_first(mails: Select<mail::Entity>) -> Select<mail::Entity> {
    mails.order_by_desc(mail::Column::SentAt).order_by_desc(mail::Column::Id)
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
