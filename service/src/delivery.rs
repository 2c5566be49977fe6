//! Sending what lies in mailboxes to the addresses of their owners.

use sea_orm::EntityTrait;

use crate::{
    Context, Error, Result,
    entity::mail,
    jobs::{self, Claim, Job, complete},
    smtp::{Letter, Undelivered},
};

/// Sends a message of the mailbox by SMTP. It may arrive twice if a worker dies after it was sent and before that was
/// noted; both have one Message-ID. A message that is gone, with its account, is not sent.
///
/// # Errors
/// When the mail server does not take it just now. What it refuses for good goes to the dead letter queue.
pub async fn deliver_mail(ctx: &Context, claim: &Claim) -> Result<()> {
    let Job::DeliverMail { mail_id } = claim.job else { return Ok(()) };
    let found = mail::Entity::find_by_id(mail_id.0).one(ctx.db.connection()).await?;
    let Some(mail) = found else { return complete(ctx, claim).await };
    let letter = Letter {
        id: mail.id,
        to: &mail.recipient,
        subject: &mail.subject,
        body: &mail.body,
        at: mail.sent_at.into(),
    };
    if send(ctx, claim, &letter).await? { complete(ctx, claim).await } else { Ok(()) }
}

/// Sends a letter for a job. `Ok(false)` when it was refused for good; the job is given up then.
///
/// # Errors
/// When it may be taken later.
pub(crate) async fn send(ctx: &Context, claim: &Claim, letter: &Letter<'_>) -> Result<bool> {
    let Some(mailer) = &ctx.mailer else {
        return Err(Error::Mail(Undelivered::not_configured()));
    };
    match mailer.send(letter).await {
        Ok(()) => Ok(true),
        Err(refusal) if refusal.is_final => {
            jobs::give_up(ctx, claim, &refusal.to_string()).await?;
            Ok(false)
        }
        Err(failure) => Err(failure.into()),
    }
}
