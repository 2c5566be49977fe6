//! Sending what lies in mailboxes to the addresses of their owners.

use std::borrow::Cow;

use chrono::TimeDelta;
use sea_orm::EntityTrait;

use crate::{
    Context, Error, Result,
    entity::mail,
    jobs::{self, Claim, Job, complete},
    mail_limits::{self, Reservation, Topic},
    smtp::{Letter, Undelivered},
};

/// How long a mail is tried: as long as mail servers do themselves (RFC 5321, section 4.5.4.1). A
/// weekend without a mail server, or a quota for the day, costs nobody their mail.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(4);

/// Sends a message of the mailbox by SMTP. It may arrive twice if a worker dies after it was sent
/// and before that was noted; both have one Message-ID. A message that is gone, with its account,
/// is not sent; nor is one whose recipient was sent enough this hour, which stays in the mailbox.
///
/// # Errors
/// When the mail server does not take it just now. What it refuses for good goes to the dead letter queue, and so does
/// what it has not taken for four days.
pub async fn deliver_mail(ctx: &Context, claim: &Claim) -> Result<()> {
    let Job::DeliverMail { mail_id } = claim.job else { return Ok(()) };
    let found = mail::Entity::find_by_id(mail_id.0).one(ctx.db.connection()).await?;
    let Some(mail) = found else { return complete(ctx, claim).await };
    let topic = Topic::of(&mail.dedup_key);
    let Some(reservation) = reserve(ctx, topic, &mail).await? else {
        tracing::info!(mail.id = %mail.id, "a message is in its mailbox only: its address was sent enough");
        return complete(ctx, claim).await;
    };
    let letter = Letter {
        id: mail.id,
        to: &mail.recipient,
        subject: &mail.subject,
        body: &body(ctx, &mail, &reservation),
        at: mail.sent_at.into(),
    };
    match send(ctx, claim, &letter).await {
        Ok(true) => complete(ctx, claim).await,
        Ok(false) => {
            mail_limits::release(ctx, reservation).await;
            mail_limits::no_news(ctx, mail.id, &mail.dedup_key).await
        }
        Err(error) => {
            mail_limits::release(ctx, reservation).await;
            Err(error)
        }
    }
}

/// Leave to send the message, unless its recipient was sent enough or has read the same lately.
async fn reserve(ctx: &Context, topic: Topic, mail: &mail::Model) -> Result<Option<Reservation>> {
    let reservation = mail_limits::reserve(ctx, topic, &mail.recipient).await?;
    let Some(reservation) = reservation else { return Ok(None) };
    if mail_limits::is_news(ctx, mail.id, &mail.dedup_key).await? {
        return Ok(Some(reservation));
    }
    mail_limits::release(ctx, reservation).await;
    Ok(None)
}

/// The last mail before the limit says where the next messages are.
fn body<'a>(ctx: &Context, mail: &'a mail::Model, reservation: &Reservation) -> Cow<'a, str> {
    if !reservation.is_last {
        return Cow::Borrowed(&mail.body);
    }
    let mailbox = ctx.page("/mailbox");
    Cow::Owned(format!(
        "{}\n\n---\nYou were sent many messages within an hour. You find the next ones on the site only, in your mailbox: {mailbox}",
        mail.body
    ))
}

/// Sends a letter for a job. `Ok(false)` when it was refused for good, or not taken for four days;
/// the job is given up then.
///
/// # Errors
/// When it may be taken later.
pub(crate) async fn send(ctx: &Context, claim: &Claim, letter: &Letter<'_>) -> Result<bool> {
    let sent = match &ctx.mailer {
        Some(mailer) => mailer.send(letter).await,
        None => Err(Undelivered::not_configured()),
    };
    let Err(failure) = sent else { return Ok(true) };
    let reason = if failure.is_final() {
        failure.to_string()
    } else if is_overdue(ctx, claim).await? {
        format!("not taken for {} days; the last time: {failure}", GIVE_UP_AFTER.num_days())
    } else {
        return Err(Error::Mail(failure));
    };
    jobs::give_up(ctx, claim, &reason).await?;
    Ok(false)
}

/// Whether it was tried for long enough since the job was added, or last put back from the dead
/// letters.
async fn is_overdue(ctx: &Context, claim: &Claim) -> Result<bool> {
    let begun = jobs::begun_at(ctx, claim).await?;
    Ok(begun.is_some_and(|begun| ctx.now().utc() - begun >= GIVE_UP_AFTER))
}
