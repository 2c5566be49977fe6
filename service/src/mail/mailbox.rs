//! The in-app mailbox.

use domain::{
    CompetitionId, ErrorCode, Mail, MailFilter, MailId, MailPage, Page, PublicError,
    RegistrationId, Timestamp, UserId,
};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, Order, PaginatorTrait, QueryFilter, Select,
    UpdateMany,
    prelude::DateTimeUtc,
    sea_query::{Expr, ExprTrait as _, SimpleExpr},
};

use crate::{
    Actor, Cause, Context, Result,
    calendar_file::CalendarMethod,
    entity::mail,
    infrastructure::{
        db::bulk,
        ids::new_id,
        keyset::{Keyset, in_order_of},
        search::{Query, holds, words},
    },
    jobs::{self, NewJob, Ticket},
    mail::{delivery::DeliverMail, templates::RenderedMail},
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
    let rows = rows.all(&*ctx.db.for_lists().await?).await?;
    let position = |row: &mail::Model| Position::at_time(row.sent_at, row.id.0);
    Slice::cut(rows, cursor.limit, position).try_map(|row| Ok(view(row)))
}

/// One page of the actor's messages that match, and what the page says about the rest.
///
/// # Errors
/// Unauthorized.
pub async fn browse(ctx: &Context, actor: &Actor, filter: &MailFilter) -> Result<MailPage> {
    let db = &*ctx.db.for_lists().await?;
    let matching = matching(actor, filter.search.as_deref())?;
    let total = matching.clone().count(db).await?;
    let ids: Vec<MailId> = newest_first().ids(db, matching, filter.paging.range(), total).await?;
    let these = bulk::any_of(db, mail::Column::Id, ids.iter().copied());
    let rows = in_order_of(&ids, mail::Entity::find().filter(these).all(db).await?, |row| row.id);
    let any = total > 0 || own(actor)?.one(db).await?.is_some();
    let found = Page {
        items: rows.into_iter().map(view).collect(),
        total,
        page: filter.paging.page,
        limit: filter.paging.limit,
    };
    Ok(MailPage { found, unread: unread_count(ctx, actor).await?, any })
}

/// One of the actor's messages, without marking it as read.
///
/// # Errors
/// Unauthorized; [`ErrorCode::MailNotFound`], also for another user's message.
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

/// Records when the actor first opened a message.
///
/// # Errors
/// Unauthorized; [`ErrorCode::MailNotFound`], also for another user's message.
pub async fn mark_read(ctx: &Context, actor: &Actor, id: MailId) -> Result<Mail> {
    let one = unread(actor)?.filter(mail::Column::Id.eq(id));
    set_read(ctx, one).await?;
    get(ctx, actor, id).await
}

/// Marks all messages of the actor as read. Returns how many were unread.
///
/// # Errors
/// Unauthorized.
pub async fn mark_all_read(ctx: &Context, actor: &Actor) -> Result<u64> {
    set_read(ctx, unread(actor)?).await
}

/// Marks a message as unread.
///
/// # Errors
/// Unauthorized; [`ErrorCode::MailNotFound`], also for another user's message.
pub async fn mark_unread(ctx: &Context, actor: &Actor, id: MailId) -> Result<Mail> {
    let user = actor.writer()?;
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
    let user = actor.writer()?;
    Ok(mail::Entity::update_many()
        .filter(mail::Column::UserId.eq(user.id))
        .filter(mail::Column::ReadAt.is_null()))
}

async fn set_read(ctx: &Context, unread: UpdateMany<mail::Entity>) -> Result<u64> {
    let read = unread.col_expr(mail::Column::ReadAt, Expr::value(ctx.now().utc()));
    Ok(read.exec(&*ctx.db.autocommit().await).await?.rows_affected)
}

/// A message to be delivered.
#[derive(Clone, Debug)]
pub(crate) struct Draft {
    pub(crate) user: UserId,
    pub(crate) recipient: String,
    pub(crate) mail: RenderedMail,
    /// Two messages with one key are one message.
    pub(crate) dedup_key: String,
    /// `None` for a message about the account.
    pub(crate) about: Option<About>,
    /// The request that the message answers.
    pub(crate) cause: Cause,
}

/// What a message is about.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    pub(crate) competition: CompetitionId,
    /// That of the recipient, if there is one.
    pub(crate) registration: Option<RegistrationId>,
    /// What the message does to the event of the registration in the calendar of the recipient.
    pub(crate) calendar: Option<CalendarMethod>,
}

impl About {
    /// For a recipient with this registration.
    pub(crate) fn registration(
        competition: CompetitionId,
        id: RegistrationId,
        calendar: Option<CalendarMethod>,
    ) -> Self {
        Self { competition, registration: Some(id), calendar }
    }
}

/// Stores messages in their mailboxes and, if this installation sends mail, enqueues the jobs that
/// deliver them to the addresses of their owners. Runs in the transaction of their cause.
pub(crate) async fn store_and_enqueue(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    drafts: Vec<Draft>,
) -> Result<()> {
    store_with_tickets(ctx, tx, drafts).await.map(drop)
}

/// The same. Returns the tickets of the jobs that deliver the messages, to push them after the
/// commit: the relay, which would push them within half a second, is late while it pushes the jobs
/// of thousands of notices.
pub(crate) async fn store_with_tickets(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    drafts: Vec<Draft>,
) -> Result<Vec<Ticket>> {
    let rows = jobs::rows(ctx.now(), store_to_deliver(ctx, tx, drafts).await?);
    let tickets = rows.iter().map(|row| Ticket::of(ctx, row)).collect();
    bulk::insert(tx, rows).await?;
    Ok(tickets)
}

/// The same for messages to many people at once: no mail that one person waits for queues behind
/// them.
pub(crate) async fn store_and_enqueue_in_bulk(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    drafts: Vec<Draft>,
) -> Result<()> {
    let jobs = store_to_deliver(ctx, tx, drafts).await?;
    let jobs = jobs.into_iter().map(|job| job.with_route(DeliverMail::BULK));
    jobs::add(tx, ctx.now(), jobs).await
}

/// Stores messages in their mailboxes. Returns the jobs that deliver them: none where this
/// installation sends no mail.
async fn store_to_deliver(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    drafts: Vec<Draft>,
) -> Result<Vec<NewJob>> {
    let mails = store(tx, ctx.now(), drafts).await?;
    if ctx.mailer.is_none() {
        return Ok(Vec::new());
    }
    // A message whose key was stored before has no row, and its job finds nothing to send.
    let job = |(mail_id, cause)| NewJob::from(DeliverMail { mail_id }).caused_by(cause);
    Ok(mails.into_iter().map(job).collect())
}

/// Stores messages in their mailboxes without sending them; skips deleted accounts, which have no
/// address. Returns their ids and causes, also those of messages whose dedup key exists already,
/// which get no row.
pub(crate) async fn store(
    tx: &impl ConnectionTrait,
    now: Timestamp,
    drafts: Vec<Draft>,
) -> Result<Vec<(MailId, Cause)>> {
    let drafts = drafts.into_iter().filter(|draft| !draft.recipient.is_empty());
    let rows = drafts.map(|draft| row(draft, now));
    let (rows, causes): (Vec<_>, Vec<_>) = rows.unzip();
    let ids: Vec<_> = rows.iter().map(|row| row.id).collect();
    bulk::insert_new(tx, rows, mail::Column::DedupKey).await?;
    Ok(ids.into_iter().zip(causes).collect())
}

/// The row of a message that is not read yet, and its cause.
pub(crate) fn row(draft: Draft, now: Timestamp) -> (mail::Model, Cause) {
    let row = mail::Model {
        id: MailId(new_id()),
        user_id: draft.user,
        recipient: draft.recipient,
        search_text: search_words(&draft.mail),
        subject: draft.mail.subject,
        body: draft.mail.body,
        sent_at: now.utc(),
        read_at: None,
        dedup_key: draft.dedup_key,
        competition_id: draft.about.map(|about| about.competition),
        registration_id: draft.about.and_then(|about| about.registration),
        calendar: draft.about.and_then(|about| about.calendar),
        event_revision: None,
        held_at: None,
    };
    (row, draft.cause)
}

/// The words that a message is found by. Addresses of pages are none.
fn search_words(RenderedMail { subject, body }: &RenderedMail) -> String {
    let text = subject.split_whitespace().chain(body.split_whitespace());
    let text: Vec<_> = text.filter(|word| !word.contains("://")).collect();
    words(&text.join(" ")).join(" ")
}

fn own(actor: &Actor) -> Result<Select<mail::Entity>> {
    let user = actor.user()?;
    Ok(mail::Entity::find().filter(mail::Column::UserId.eq(user.id)))
}

/// Searches the actor's own messages only, which an index finds.
fn matching(actor: &Actor, words: Option<&str>) -> Result<Select<mail::Entity>> {
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

fn newest_first() -> Keyset {
    Keyset::by_time(mail::Column::SentAt, mail::Column::Id, Order::Desc)
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
