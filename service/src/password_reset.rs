//! A new password for somebody who has forgotten theirs.
//!
//! Whether an address has an account shows nowhere: whoever asks is answered before anybody looks, for a job does
//! the looking. The link is made when it is sent, and what it holds is kept as a hash; the mailbox, which only somebody
//! who is signed in can read, gets a notice without it.

use chrono::TimeDelta;
use domain::{Email, ErrorCode, Password, PublicError, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use crate::{
    ClientAddress, Context, Error, Result,
    accounts::{self, find_by_email, set_password},
    db::{bulk, retry},
    delivery,
    entity::{password_reset, user},
    error::is_unique_violation,
    ids::new_id,
    jobs::{self, Claim, Job, Ticket, acknowledge, announce, complete},
    mailbox::{Draft, keep},
    secrets,
    smtp::Letter,
    throttle,
};

/// How long a link is good for.
const LIFETIME: TimeDelta = TimeDelta::hours(1);
/// For one address one link is sent in so many seconds, however often it is asked for.
const AT_MOST_EVERY: i64 = 60;

/// What a link proves, as the hash that is kept of it: it may wait in a session without being worth a password to
/// whoever reads that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResetKey(String);

impl ResetKey {
    /// The key to what a link holds.
    pub fn of(token: &str) -> Self {
        Self(secrets::hash(token))
    }
}

/// Asks for a link to be sent to an address. It takes as long, and comes to the same, whether or not it has an account.
///
/// # Errors
/// When the database fails.
pub async fn request(ctx: &Context, email: Email) -> Result<()> {
    let now = ctx.now();
    let minute = now.utc().timestamp() / AT_MOST_EVERY;
    let key = format!("send_reset_link:{}:{minute}", secrets::hash(&email.key()));
    let job = Job::SendResetLink { email: email.into_string() };
    let rows = jobs::rows(now, [(job, Some(key))])?;
    let tickets = rows.iter().map(Ticket::from).collect();
    match bulk::insert(&*ctx.db.autocommit().await, rows).await {
        Ok(()) => announce(ctx, tickets),
        // Somebody has just asked for the same.
        Err(Error::Db(error)) if is_unique_violation(&error) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Makes a link and sends it, if the address has an account, and leaves a notice in the mailbox.
///
/// # Errors
/// When the mail server does not take it just now. The next try makes a new link.
pub async fn send_link(ctx: &Context, claim: &Claim) -> Result<()> {
    let Job::SendResetLink { email } = &claim.job else { return Ok(()) };
    let found = find_by_email(ctx.db.connection(), email).await?;
    let Some(user) = found else { return complete(ctx, claim).await };
    let words = if ctx.mailer.is_some() {
        let link = new_link(ctx, &user).await?;
        let body = format!(
            "Hello {},\n\nsomebody, hopefully you, asked to set a new password for your account. To do so, open this page within an hour:\n\n{link}\n\nIf it was not you, do nothing: your password stays as it is.",
            user.name
        );
        let subject = "Set a new password";
        let letter = Letter { id: new_id(), to: &user.email, subject, body: &body, at: ctx.now() };
        if !delivery::send(ctx, claim, &letter).await? {
            return Ok(());
        }
        "The link to do so was sent to your address; it is not repeated here, for who can read this needs none."
    } else {
        tracing::warn!(
            user.id = %user.id,
            "a link to set a new password was asked for, but SMTP_URL is not set: see `mini-compete admin reset-link`"
        );
        "This site sends no mail: ask the people who run it for a link."
    };
    let tx = ctx.db.write_locked().await?;
    if !acknowledge(&*tx, ctx.now(), std::slice::from_ref(claim)).await?.is_empty() {
        keep(&*tx, ctx.now(), vec![notice(&user, claim, words)]).await?;
    }
    tx.commit().await
}

/// A link for the owner of an account, to be handed over by whoever runs the installation.
///
/// # Errors
/// [`ErrorCode::AccountNotFound`].
pub async fn link(ctx: &Context, email: &Email) -> Result<String> {
    let found = find_by_email(ctx.db.connection(), email.as_str()).await?;
    new_link(ctx, &found.ok_or_else(accounts::not_found)?).await
}

/// The address of the account that a link is for; `Ok(None)` if it is not good any more.
///
/// # Errors
/// When the database fails.
pub async fn email_of(ctx: &Context, key: &ResetKey) -> Result<Option<String>> {
    let db = ctx.db.connection();
    let Some(reset) = good(ctx, key).one(db).await? else { return Ok(None) };
    let user = user::Entity::find_by_id(reset.user_id).one(db).await?;
    Ok(user.map(|user| user.email))
}

/// Sets a new password. The link is good for this once; every session and token of its owner ends, and so does the wait
/// after failed logins.
///
/// # Errors
/// [`ErrorCode::ResetLinkInvalid`].
pub async fn confirm(
    ctx: &Context,
    key: &ResetKey,
    password: Password,
    from: ClientAddress,
) -> Result<()> {
    // Before the hard work, which a link that nobody was given is not worth.
    if good(ctx, key).one(ctx.db.connection()).await?.is_none() {
        return Err(invalid().into());
    }
    let hash = ctx.passwords.hash(password).await?;
    retry(|| async {
        let tx = ctx.db.write().await?;
        let reset = good(ctx, key).one(&*tx).await?.ok_or_else(invalid)?;
        if !take(&*tx, key).await? {
            return Err(invalid().into());
        }
        let account = set_password(ctx, &*tx, UserId(reset.user_id), &hash).await?;
        throttle::forgive(ctx, &*tx, &account.user.email, from).await?;
        tx.commit().await
    })
    .await
}

fn good(ctx: &Context, key: &ResetKey) -> sea_orm::Select<password_reset::Entity> {
    password_reset::Entity::find_by_id(&key.0)
        .filter(password_reset::Column::ExpiresAt.gt(ctx.now().utc()))
}

/// Of two at once with one link, one takes it.
async fn take(tx: &impl ConnectionTrait, key: &ResetKey) -> Result<bool> {
    let taken = password_reset::Entity::delete_by_id(&key.0).exec(tx).await?;
    Ok(taken.rows_affected == 1)
}

/// A link to set a new password; those made before are good for nothing from now on.
async fn new_link(ctx: &Context, user: &user::Model) -> Result<String> {
    let token = secrets::new_secret();
    let row = password_reset::Model {
        hash: secrets::hash(&token),
        user_id: user.id,
        expires_at: ctx.now().utc() + LIFETIME,
    };
    retry(|| async {
        let tx = ctx.db.write().await?;
        password_reset::Entity::delete_many()
            .filter(password_reset::Column::UserId.eq(user.id))
            .exec(&*tx)
            .await?;
        bulk::insert(&*tx, vec![row.clone()]).await?;
        tx.commit().await
    })
    .await?;
    Ok(ctx.page(&format!("/auth/reset?token={token}")))
}

fn notice(user: &user::Model, claim: &Claim, words: &str) -> Draft {
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        subject: "A new password was asked for".to_owned(),
        body: format!(
            "Hello {},\n\nsomebody asked to set a new password for your account. {words}\n\nIf it was not you, do nothing: your password stays as it is.",
            user.name
        ),
        dedup_key: format!("reset-link:{}", claim.id),
    }
}

fn invalid() -> PublicError {
    let message = "This link was used before, is older than an hour, or a newer one was asked for. Ask for a new one.";
    PublicError::new(ErrorCode::ResetLinkInvalid, message)
}
