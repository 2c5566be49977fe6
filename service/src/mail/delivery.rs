//! The delivery of messages in mailboxes to the addresses of their owners.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use askama::Template;
use chrono::TimeDelta;
use domain::{MailId, MailKind};
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    Context, Error, Result, Undelivered,
    entity::{mail, user},
    jobs::{self, BackgroundJob, Class, Disposition, Execution, Route},
    mail::{
        dedup_keys::{EMAIL_CHANGED, kind_of},
        enclosures::{self, Enclosures},
        example::{self, Example},
        held_messages,
        html_part::html_part,
        limits::{self, Reservation, Topic},
        markdown_part::markdown_of,
        preferences,
        rate::{self, LONGEST_WAIT},
        refused_addresses,
        smtp::{Letter, Mailer},
        templates::{RenderedMail, render},
    },
    metrics::MAILS,
};

/// How long delivery is retried: as long as mail servers do (RFC 5321, section 4.5.4.1), so that a
/// weekend without a mail server or a daily quota loses no mail.
pub(crate) const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(4);

/// Attempts at most. After ten, one follows every seventeen minutes, so that [`GIVE_UP_AFTER`]
/// comes first.
pub(crate) const MAX_DELIVERIES: i32 = 500;
/// How long sending a mail may take. Longer than the sum of the time limits of SMTP (690 s: three
/// replies over an idle connection, connecting, three replies and the acceptance over the new one)
/// and the wait for its turn, because a mail that is cut off before the server acknowledges it is
/// sent again.
pub(crate) const SEND_LIMIT: Duration = Duration::from_secs(720 + LONGEST_WAIT.as_secs());

/// Send a message of the mailbox by SMTP. It arrives twice if a worker dies between sending it and
/// acknowledging the job; both mails have one Message-ID.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeliverMail {
    /// The message in the mailbox.
    pub mail_id: MailId,
}

impl DeliverMail {
    /// Of mails to many recipients, so that no other mail waits behind them.
    pub(crate) const BULK: Route =
        Route { class: Class::BulkMail, priority: 15, list: "deliver_bulk_mail" };
}

impl BackgroundJob for DeliverMail {
    const NAME: &'static str = "deliver_mail";
    const CLASS: Class = Class::AccountMail;
    const PRIORITY: i16 = 5;
    const MAX_ATTEMPTS: i32 = MAX_DELIVERIES;
    const TIME_LIMIT: Duration = SEND_LIMIT;
    const ON_TIMEOUT: Disposition = Disposition::Attempt;
    const OTHER_ROUTES: &'static [Route] = &[Self::BULK];

    /// Skips a message that was deleted with its account. A message that its recipient does not
    /// want by mail, or over their hourly limit, or to an address that they have not verified,
    /// stays in the mailbox.
    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        let mail_id = execution.payload().mail_id;
        let found = mail::Entity::find_by_id(mail_id).one(ctx.db.connection()).await?;
        let Some(mail) = found else { return Ok(()) };
        let Some(recipient) = recipient(ctx, &mail).await? else { return Ok(()) };
        let mail = mail::Model { recipient, ..mail };
        let kind = kind_of(&mail.dedup_key);
        if is_unsubscribed(ctx, mail.id.0, &mail.recipient, kind).await? {
            return Ok(());
        }
        let topic = Topic::of(&mail.dedup_key);
        let Some(reservation) = reserve(ctx, topic, &mail).await? else {
            MAILS.over_limit();
            tracing::info!(
                mail.id = %mail.id,
                "hourly limit reached, the message stays in its mailbox"
            );
            return Ok(());
        };
        let enclosures = match &ctx.mailer {
            Some(mailer) => enclosures::of_message(ctx, &mail, mailer.sender()).await?,
            None => Enclosures::default(),
        };
        let markdown = markdown_of(ctx.db.connection(), &mail.dedup_key).await?;
        let text = text(ctx, &mail, &reservation);
        let (text, unsubscribe) = with_unsubscribe_note(ctx, text, &mail.recipient, kind).await?;
        let enclosures = Enclosures { unsubscribe, ..enclosures };
        let letter = Letter {
            id: mail.id.0,
            to: &mail.recipient,
            subject: &mail.subject,
            text: &text,
            markdown: markdown.as_deref(),
            at: mail.sent_at.into(),
            enclosures: &enclosures,
        };
        let sent = send(ctx, execution, &letter).await;
        if let Ok(sent @ (Sent::Taken | Sent::AddressRefused)) = sent {
            let is_refused = sent == Sent::AddressRefused;
            refused_addresses::record(ctx, mail.user_id, &mail.recipient, is_refused).await;
        }
        if matches!(sent, Ok(Sent::Taken)) {
            reservation.keep();
            if let Some(event) = &enclosures.event {
                enclosures::record(ctx, &mail, event).await;
            }
            return Ok(());
        }
        reservation.release().await;
        sent?;
        limits::release_confirmation(ctx, mail.id, &mail.dedup_key).await
    }
}

/// The address that a message is mailed to: that of its reader now, or the old one that a notice is
/// about. `Ok(None)` if its owner has not verified it.
async fn recipient(ctx: &Context, mail: &mail::Model) -> Result<Option<String>> {
    // It was verified, or there would be no job.
    if mail.dedup_key.starts_with(EMAIL_CHANGED) {
        return Ok(Some(mail.recipient.clone()));
    }
    let reader = user::Entity::find_by_id(mail.user_id).one(ctx.db.connection()).await?;
    match reader {
        Some(reader) if reader.email_verified_at.is_some() => Ok(Some(reader.email)),
        Some(_) => held_messages::hold(ctx, mail).await,
        None => Ok(None),
    }
}

/// The right to send the message. `Ok(None)` at the hourly limit, and for a repeated confirmation.
async fn reserve(ctx: &Context, topic: Topic, mail: &mail::Model) -> Result<Option<Reservation>> {
    let reservation = limits::reserve(ctx, topic, &mail.recipient).await?;
    let Some(reservation) = reservation else { return Ok(None) };
    if limits::claim_confirmation(ctx, mail.id, &mail.dedup_key).await? {
        return Ok(Some(reservation));
    }
    reservation.release().await;
    Ok(None)
}

/// The end of the last mail before the limit: where the next messages are.
#[derive(Template)]
#[template(path = "mail/limit_note.txt")]
struct LimitNote<'a> {
    mailbox: &'a str,
}

fn with_limit_note(body: &str, mailbox: &str) -> String {
    format!("{body}\n\n{}", render(&LimitNote { mailbox }))
}

fn text<'a>(ctx: &Context, mail: &'a mail::Model, reservation: &Reservation) -> Cow<'a, str> {
    if !reservation.is_last {
        return Cow::Borrowed(&mail.body);
    }
    Cow::Owned(with_limit_note(&mail.body, &ctx.page("/mailbox")))
}

/// The end of a mail that one can unsubscribe from.
#[derive(Template)]
#[template(path = "mail/unsubscribe_note.txt")]
struct UnsubscribeNote<'a> {
    kind: MailKind,
    link: &'a str,
}

/// The text of a mail with the page that ends mails of its kind to the address, and that page. The
/// text alone for a kind that has none.
pub(crate) async fn with_unsubscribe_note<'a>(
    ctx: &Context,
    text: Cow<'a, str>,
    address: &str,
    kind: Option<MailKind>,
) -> Result<(Cow<'a, str>, Option<String>)> {
    let Some(kind) = kind.filter(|kind| kind.has_unsubscribe_link()) else {
        return Ok((text, None));
    };
    let link = preferences::unsubscribe_link(ctx, address, kind).await?;
    Ok((Cow::Owned(unsubscribe_note(&text, kind, &link)), Some(link)))
}

fn unsubscribe_note(text: &str, kind: MailKind, link: &str) -> String {
    format!("{text}\n\n{}", render(&UnsubscribeNote { kind, link }))
}

/// Whether the address wants messages of this kind in its mailbox only.
pub(crate) async fn is_unsubscribed(
    ctx: &Context,
    id: Uuid,
    address: &str,
    kind: Option<MailKind>,
) -> Result<bool> {
    let Some(kind) = kind else { return Ok(false) };
    let is_unsubscribed = preferences::is_mailbox_only(ctx, address, kind).await?;
    if is_unsubscribed {
        MAILS.unsubscribed();
        tracing::info!(mail.id = %id, "not mailed: the recipient does not want mails of this kind");
    }
    Ok(is_unsubscribed)
}

/// What became of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The mail server took it.
    Taken,
    /// The mail server refused it permanently, or for four days: the job is a dead letter.
    GivenUp,
    /// The same, because the address takes no mail at all.
    AddressRefused,
}

/// Sends a letter for a job.
///
/// # Errors
/// When a later attempt may succeed.
pub(crate) async fn send<J: BackgroundJob>(
    ctx: &Context,
    execution: &Execution<'_, J>,
    letter: &Letter<'_>,
) -> Result<Sent> {
    let sent = match &ctx.mailer {
        Some(mailer) => {
            let html = html_part(&ctx.page("/"), letter.subject, letter.text, letter.markdown);
            let span =
                tracing::error_span!("send_mail", mail.id = %letter.id, otel.kind = "client");
            match wait_for_turn(ctx, mailer, execution.claim().class()).await {
                Ok(()) => {
                    let began = Instant::now();
                    let sent = mailer.send(letter, &html).instrument(span).await;
                    MAILS.attempted(&sent, began.elapsed());
                    sent
                }
                Err(Error::Mail(failure)) => Err(failure),
                Err(error) => return Err(error),
            }
        }
        None => Err(Undelivered::not_configured()),
    };
    let Err(failure) = sent else {
        tracing::info!(mail.id = %letter.id, "mail sent");
        return Ok(Sent::Taken);
    };
    let refuses_address = failure.refuses_address();
    let reason = if failure.is_final() {
        failure.to_string()
    } else if is_overdue(ctx, execution).await? {
        format!("not taken for {} days; the last time: {failure}", GIVE_UP_AFTER.num_days())
    } else {
        return Err(Error::Mail(failure));
    };
    execution.move_to_dead_letters(ctx, &reason).await?;
    Ok(if refuses_address { Sent::AddressRefused } else { Sent::GivenUp })
}

/// Waits until a mail may be sent, if the rate of all mails is limited.
///
/// # Errors
/// When it is not the turn of this mail for a while, or mail would fail; when the database fails.
async fn wait_for_turn(ctx: &Context, mailer: &Mailer, class: Class) -> Result<()> {
    let Some(rate) = mailer.rate() else { return Ok(()) };
    // A mail that fails at once takes no turn.
    mailer.check_open()?;
    if rate::wait_for_turn(ctx, rate, class).await? {
        return Ok(());
    }
    Err(Undelivered::unreachable("MAIL_RATE is reached: other mails go first".to_owned()).into())
}

/// Whether delivery has been retried for [`GIVE_UP_AFTER`], since the job was added or last retried
/// as a dead letter.
async fn is_overdue<J: BackgroundJob>(ctx: &Context, execution: &Execution<'_, J>) -> Result<bool> {
    let since = jobs::added_or_retried_at(ctx, execution.claim()).await?;
    Ok(since.is_some_and(|since| ctx.now().utc() - since >= GIVE_UP_AFTER))
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let body = "Hello Grace Hopper,\n\nCode Sprint starts soon.";
    let mail = RenderedMail {
        subject: "Reminder: Code Sprint starts soon!".to_owned(),
        body: with_limit_note(body, &format!("{}mailbox", example::SITE)),
    };
    let link = format!("{}unsubscribe/0123456789abcdef/reminders", example::SITE);
    let unsubscribe_note =
        RenderedMail { body: unsubscribe_note(body, MailKind::Reminders, &link), ..mail.clone() };
    vec![
        Example::of_mail("limit_note", mail),
        Example::of_mail("unsubscribe_note", unsubscribe_note),
    ]
}
