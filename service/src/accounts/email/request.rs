//! Asking for the mail that verifies an address.

use chrono::TimeDelta;
use domain::{Email, EmailStatus, ErrorCode, PublicError, UserId};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::{
    AT_MOST_EVERY, notice, pending, send,
    status::{gone, of_user},
};
use crate::{
    Actor, Context, Error, Result,
    entity::{email_verification, user},
    infrastructure::db::retry,
    jobs,
    mail::limits::{self, Topic},
};

/// After how long a user who has asked for too many mails may ask again, in seconds.
const ASK_AGAIN: u32 = TimeDelta::hours(1).num_seconds() as u32;

/// Asks for the mail that verifies the address of a new account, in the transaction that creates
/// it. Does nothing where this installation sends no mail.
pub(in crate::accounts) async fn at_sign_up(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    user: UserId,
    email: &Email,
) -> Result<()> {
    if !ctx.sends_mail() {
        return Ok(());
    }
    let now = ctx.now();
    pending::store(tx, pending::unwritten(now, user, email)).await?;
    jobs::add(tx, now, [send::job(user, email)]).await
}

/// Sends the actor a new mail to verify the address that they are to verify, or that of their
/// account. Its link and code replace those of the mail before. Does nothing for an address that is
/// verified, and within a minute of the mail before.
///
/// # Errors
/// Unauthorized; [`ErrorCode::Forbidden`] for a personal access token;
/// [`ErrorCode::MailUnavailable`] where this installation sends no mail; [`ErrorCode::RateLimited`]
/// after six mails within an hour.
pub async fn request(ctx: &Context, actor: &Actor) -> Result<EmailStatus> {
    let id = actor.owner()?.id;
    if !ctx.sends_mail() {
        let message = "This site sends no mail, so it cannot verify an address";
        return Err(PublicError::new(ErrorCode::MailUnavailable, message).into());
    }
    let db = ctx.db.connection();
    let user = user::Entity::find_by_id(id).one(db).await?.ok_or_else(gone)?;
    let email = match pending::find(ctx, db, id).await? {
        Some(pending) => pending.email,
        None if user.email_verified_at.is_none() => user.email.clone(),
        None => return of_user(ctx, db, id).await,
    };
    ask(ctx, &user, &Email::parse(&email).map_err(Error::Corrupt)?).await?;
    of_user(ctx, db, id).await
}

/// Asks for a mail to an address. One that was asked for within the same minute is enough. The
/// owner of a verified address that is to be replaced is notified.
pub(super) async fn ask(ctx: &Context, user: &user::Model, email: &Email) -> Result<()> {
    let counted = user.id.to_string();
    let asked = limits::reserve(ctx, Topic::VerificationsOfAccount, &counted).await?;
    let Some(asked) = asked else {
        let message = "You have asked for many mails. Look into your spam folder, too";
        return Err(PublicError::rate_limited(message, ASK_AGAIN).into());
    };
    if retry(|| add(ctx, user, email)).await? {
        asked.keep();
    } else {
        asked.release().await;
    }
    Ok(())
}

/// Returns whether a mail is sent: not within a minute of the one before.
async fn add(ctx: &Context, user: &user::Model, email: &Email) -> Result<bool> {
    let now = ctx.now();
    // SERIALIZABLE: of two requests at the same time, one sends a mail.
    let tx = ctx.db.begin_serializable().await?;
    let before = email_verification::Entity::find_by_id(user.id).one(&*tx).await?;
    let before = before.filter(|before| before.email_key == email.key());
    if before.as_ref().is_some_and(|before| now.utc() - before.asked_at < AT_MOST_EVERY) {
        return Ok(false);
    }
    let is_first = before.is_none();
    let row = match before {
        // Its link and code work until the new mail is written.
        Some(before) => email_verification::Model { asked_at: now.utc(), ..before },
        None => pending::unwritten(now, user.id, email),
    };
    pending::store(&*tx, row).await?;
    if is_first {
        notice::store_request(ctx, &*tx, user, email).await?;
    }
    jobs::add(&*tx, now, [send::job(user.id, email)]).await?;
    tx.commit().await?;
    Ok(true)
}
