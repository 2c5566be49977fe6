//! The delivery of messages in mailboxes to the addresses of their owners.

use std::{
    borrow::Cow,
    time::{Duration, Instant},
};

use askama::Template;
use chrono::TimeDelta;
use domain::MailId;
use sea_orm::EntityTrait;
use serde::{Deserialize, Serialize};
use tracing::Instrument;

use crate::{
    Context, Error, Result, Undelivered,
    entity::mail,
    jobs::{self, BackgroundJob, Class, Disposition, Execution, Route},
    mail::{
        html_part::html_part,
        limits::{self, Reservation, Topic},
        smtp::Letter,
        templates::render,
    },
    metrics::MAILS,
};

/// How long delivery is retried: as long as mail servers do (RFC 5321, section 4.5.4.1), so that a
/// weekend without a mail server or a daily quota loses no mail.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(4);

/// Attempts at most. After ten, one follows every seventeen minutes, so that [`GIVE_UP_AFTER`]
/// comes first.
pub(crate) const MAX_DELIVERIES: i32 = 500;
/// How long sending a mail may take. Longer than the sum of the time limits of SMTP (690 s: three
/// replies over an idle connection, connecting, three replies and the acceptance over the new one),
/// because a mail that is cut off before the server acknowledges it is sent again.
pub(crate) const SEND_LIMIT: Duration = Duration::from_secs(720);

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

    /// Skips a message that was deleted with its account. A message over the hourly limit of its
    /// recipient stays in the mailbox without being mailed.
    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        let mail_id = execution.payload().mail_id;
        let found = mail::Entity::find_by_id(mail_id).one(ctx.db.connection()).await?;
        let Some(mail) = found else { return Ok(()) };
        let topic = Topic::of(&mail.dedup_key);
        let Some(reservation) = reserve(ctx, topic, &mail).await? else {
            MAILS.over_limit();
            tracing::info!(
                mail.id = %mail.id,
                "hourly limit reached, the message stays in its mailbox"
            );
            return Ok(());
        };
        let letter = Letter {
            id: mail.id.0,
            to: &mail.recipient,
            subject: &mail.subject,
            text: &text(ctx, &mail, &reservation),
            at: mail.sent_at.into(),
        };
        let sent = send(ctx, execution, &letter).await;
        if matches!(sent, Ok(true)) {
            reservation.keep();
            return Ok(());
        }
        reservation.release().await;
        sent?;
        limits::release_confirmation(ctx, mail.id, &mail.dedup_key).await
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

/// Sends a letter for a job. `Ok(false)` when the mail server refused it permanently, or for four
/// days: the job is a dead letter then.
///
/// # Errors
/// When a later attempt may succeed.
pub(crate) async fn send<J: BackgroundJob>(
    ctx: &Context,
    execution: &Execution<'_, J>,
    letter: &Letter<'_>,
) -> Result<bool> {
    let sent = match &ctx.mailer {
        Some(mailer) => {
            let html = html_part(&ctx.page("/"), letter.subject, letter.text);
            let span =
                tracing::error_span!("send_mail", mail.id = %letter.id, otel.kind = "client");
            let began = Instant::now();
            let sent = mailer.send(letter, &html).instrument(span).await;
            MAILS.attempted(&sent, began.elapsed());
            sent
        }
        None => Err(Undelivered::not_configured()),
    };
    let Err(failure) = sent else {
        tracing::info!(mail.id = %letter.id, "mail sent");
        return Ok(true);
    };
    let reason = if failure.is_final() {
        failure.to_string()
    } else if is_overdue(ctx, execution).await? {
        format!("not taken for {} days; the last time: {failure}", GIVE_UP_AFTER.num_days())
    } else {
        return Err(Error::Mail(failure));
    };
    execution.move_to_dead_letters(ctx, &reason).await?;
    Ok(false)
}

/// Whether delivery has been retried for [`GIVE_UP_AFTER`], since the job was added or last retried
/// as a dead letter.
async fn is_overdue<J: BackgroundJob>(ctx: &Context, execution: &Execution<'_, J>) -> Result<bool> {
    let since = jobs::added_or_retried_at(ctx, execution.claim()).await?;
    Ok(since.is_some_and(|since| ctx.now().utc() - since >= GIVE_UP_AFTER))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::templates::{RenderedMail, assert_preview};

    #[test]
    fn the_last_mail_before_the_limit_reads_as_its_preview() {
        let body = "Hello Grace Hopper,\n\nCode Sprint starts on Sun 29 Nov 2026, 13:00 CET.";
        let mail = RenderedMail {
            subject: "Reminder: Code Sprint starts soon!".to_owned(),
            body: with_limit_note(body, "https://site.example/mailbox"),
        };
        assert_preview("limit_note", &mail);
    }
}
