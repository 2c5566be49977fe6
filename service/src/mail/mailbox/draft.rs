//! Messages that are put into mailboxes, and the jobs that mail them.

use domain::{CompetitionId, MailId, RegistrationId, Timestamp, UserId};
use sea_orm::ConnectionTrait;

use crate::{
    Cause, Context, Result,
    calendar_file::CalendarMethod,
    entity::mail,
    infrastructure::{db::bulk, ids::new_id, search::words},
    jobs::{self, NewJob, Ticket},
    mail::{delivery::DeliverMail, templates::RenderedMail},
};

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
        deleted_at: None,
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
