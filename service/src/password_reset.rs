//! Reset links, for users who have forgotten their password.
//!
//! The response to a request does not reveal whether an address has an account: a job looks it up.
//! The link is created when it is sent, and only the hash of its token is stored; the mailbox,
//! which can only be read after a login, gets a notice without the link.
//!
//! Anyone can request links for anyone's address. So a new link leaves earlier ones valid, and
//! while an account has three valid links no more are mailed. A new password ends all of them.

use std::time::Duration;

use askama::Template;
use chrono::TimeDelta;
use domain::{Email, ErrorCode, JobId, Password, PublicError};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr,
};
use serde::{Deserialize, Serialize};

use crate::{
    Cause, ClientAddress, Context, Error, Result,
    accounts::{self, email::verified_by_reset_link, find_by_email, set_password},
    entity::{password_reset, user},
    error::is_unique_violation,
    infrastructure::{
        db::{bulk, retry},
        ids::new_id,
        secrets,
    },
    jobs::{
        self, BackgroundJob, Claim, Class, Disposition, Execution, NewJob, Ticket, push_tickets,
    },
    mail::{
        delivery::{self, MAX_DELIVERIES, SEND_LIMIT, Sent},
        enclosures::Enclosures,
        example::{self, Example},
        limits::{self, Topic},
        mailbox::{Draft, store},
        smtp::Letter,
        templates::{RenderedMail, UserText},
    },
    throttle,
};

/// How long a link is valid.
pub const LIFETIME: TimeDelta = TimeDelta::hours(1);
/// Seconds in which one link at most is created for an address.
pub const AT_MOST_EVERY: i64 = 60;
/// Mailed links of an account that may be valid at the same time.
pub const AT_ONCE: u64 = 3;

/// The hash of a link's token. It may wait in a session: a reader of the session cannot set a
/// password with it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ResetKey(String);

impl ResetKey {
    /// The key of a link's token.
    pub fn of(token: &str) -> Self {
        Self(secrets::hash(token))
    }
}

/// Requests a link for an address. Duration and response do not depend on whether it has an
/// account.
///
/// # Errors
/// When the database fails.
pub async fn request(ctx: &Context, email: Email) -> Result<()> {
    let now = ctx.now();
    let minute = now.utc().timestamp() / AT_MOST_EVERY;
    let key = format!("send_reset_link:{}:{minute}", secrets::hash(&email.key()));
    let job = NewJob::from(SendResetLink { email: email.into_string() }).with_key(key);
    let rows = jobs::rows(now, [job]);
    let tickets = rows.iter().map(|row| Ticket::of(ctx, row)).collect();
    match bulk::insert(&*ctx.db.autocommit().await, rows).await {
        Ok(()) => push_tickets(ctx, tickets),
        // A request within the same minute has added the job.
        Err(Error::Db(error)) if is_unique_violation(&error) => {}
        Err(error) => return Err(error),
    }
    Ok(())
}

/// Send a link to set a new password, if the address has an account that is not disabled, with
/// fewer than three valid links, and leave a notice in its mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SendResetLink {
    /// The address that was typed.
    pub email: String,
}

impl BackgroundJob for SendResetLink {
    const NAME: &'static str = "send_reset_link";
    const CLASS: Class = Class::AccountMail;
    const PRIORITY: i16 = 0;
    const MAX_ATTEMPTS: i32 = MAX_DELIVERIES;
    const TIME_LIMIT: Duration = SEND_LIMIT;
    const ON_TIMEOUT: Disposition = Disposition::Attempt;

    /// A run makes a new link: the next one does so again when the mail server refuses it for now.
    async fn run(ctx: &Context, execution: &Execution<'_, Self>) -> Result<()> {
        let found = find_by_email(ctx.db.connection(), &execution.payload().email).await?;
        let Some(user) = found.filter(|user| user.disabled_at.is_none()) else { return Ok(()) };
        match ctx.mailer {
            Some(_) => send_link(ctx, execution, &user).await,
            None => refuse(ctx, execution, &user).await,
        }
    }
}

/// Leaves a notice that this installation sends no mail.
async fn refuse(
    ctx: &Context,
    execution: &Execution<'_, SendResetLink>,
    user: &user::Model,
) -> Result<()> {
    tracing::warn!(
        user.id = %user.id,
        "a link to set a new password was asked for, but SMTP_URL is not set: see `mini-compete \
         admin reset-link`"
    );
    // One notice an hour, however many links are requested.
    let hour = ctx.now().utc().timestamp() / LIFETIME.num_seconds();
    let key = format!("no-reset-link:{}:{hour}", user.id);
    let mail = RenderedMail::of(&ResetLinkUnavailable { name: UserText(&user.name) });
    finish(ctx, execution, None, notice(user, key, mail)).await
}

async fn send_link(
    ctx: &Context,
    execution: &Execution<'_, SendResetLink>,
    user: &user::Model,
) -> Result<()> {
    let claim = execution.claim();
    let reserved = limits::reserve(ctx, Topic::ResetLink, &user.email).await?;
    let Some(reservation) = reserved else { return Ok(()) };
    let Some(token) = new_mailed_token(ctx, user, claim).await? else {
        reservation.release().await;
        return Ok(());
    };
    let link = page(ctx, &token);
    let mail = RenderedMail::of(&ResetLink {
        name: user.email_verified_at.map(|_| UserText(&user.name)),
        link: &link,
    });
    let letter = Letter {
        id: new_id(),
        to: &user.email,
        subject: &mail.subject,
        text: &mail.body,
        markdown: None,
        at: ctx.now(),
        enclosures: &Enclosures::default(),
    };
    let sent = delivery::send(ctx, execution, &letter).await;
    if !matches!(sent, Ok(Sent::Taken)) {
        reservation.release().await;
        // The link was not sent, and must not count among the valid ones.
        if !matches!(&sent, Err(Error::Mail(failure)) if failure.may_have_arrived()) {
            let key = ResetKey::of(&token);
            if let Err(error) = take(&*ctx.db.autocommit().await, &key).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "a link that was not sent still counts");
            }
        }
        return sent.map(drop);
    }
    reservation.keep();
    let mail = RenderedMail::of(&ResetLinkSent { name: UserText(&user.name) });
    let notice = notice(user, format!("reset-link:{}", claim.id), mail);
    finish(ctx, execution, Some(&ResetKey::of(&token)), notice).await
}

/// Acknowledges the job in the transaction that stores a notice in the mailbox. The hour of the
/// link that was sent begins now, because sending it may have taken minutes.
async fn finish(
    ctx: &Context,
    execution: &Execution<'_, SendResetLink>,
    link: Option<&ResetKey>,
    notice: Draft,
) -> Result<()> {
    let tx = execution.acknowledge(ctx.db.begin_read_committed().await?, ctx.now()).await?;
    if let Some(key) = link {
        password_reset::Entity::update_many()
            .col_expr(password_reset::Column::ExpiresAt, Expr::value(ctx.now().utc() + LIFETIME))
            .filter(password_reset::Column::Hash.eq(&key.0))
            .exec(&*tx)
            .await?;
    }
    if tx.holds(execution.claim()) {
        store(&*tx, ctx.now(), vec![notice]).await?;
    }
    tx.commit().await
}

/// A link for the owner of an account, for the operator of the installation to hand over.
///
/// # Errors
/// [`ErrorCode::AccountNotFound`]; [`ErrorCode::AccountDisabled`].
pub async fn link(ctx: &Context, email: &Email) -> Result<String> {
    let found = find_by_email(ctx.db.connection(), email.as_str()).await?;
    let user = found.ok_or_else(accounts::not_found)?;
    if user.disabled_at.is_some() {
        let message = "This account is disabled. Enable it first: `mini-compete users enable`.";
        return Err(PublicError::new(ErrorCode::AccountDisabled, message).into());
    }
    let (token, row) = new_token(ctx, &user, None);
    bulk::insert(&*ctx.db.autocommit().await, vec![row]).await?;
    Ok(page(ctx, &token))
}

/// The address of the account that a link is for; `Ok(None)` if the link is no longer valid.
///
/// # Errors
/// When the database fails.
pub async fn email_of(ctx: &Context, key: &ResetKey) -> Result<Option<String>> {
    let db = ctx.db.connection();
    let Some(reset) = valid(ctx, key).one(db).await? else { return Ok(None) };
    let user = user::Entity::find_by_id(reset.user_id).one(db).await?;
    Ok(user.map(|user| user.email))
}

/// Sets a new password. The link works once. Every session and token of its owner ends, and so does
/// the wait after failed logins.
///
/// # Errors
/// [`ErrorCode::ResetLinkInvalid`].
pub async fn confirm(
    ctx: &Context,
    key: &ResetKey,
    password: Password,
    from: ClientAddress,
) -> Result<()> {
    // Reject an invalid link before the expensive hash.
    if valid(ctx, key).one(ctx.db.connection()).await?.is_none() {
        return Err(invalid().into());
    }
    let hash = ctx.passwords.hash(password).await?;
    retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let reset = valid(ctx, key).one(&*tx).await?.ok_or_else(invalid)?;
        if !take(&*tx, key).await? {
            return Err(invalid().into());
        }
        // An operator who hands a link over does not show who reads the mail of the address.
        if reset.job_id.is_some() {
            verified_by_reset_link(ctx, &*tx, reset.user_id).await?;
        }
        let account = set_password(ctx, &*tx, reset.user_id, &hash).await?;
        throttle::reset_failures(ctx, &*tx, &account.user.email, from).await?;
        tx.commit().await
    })
    .await
}

fn valid(ctx: &Context, key: &ResetKey) -> sea_orm::Select<password_reset::Entity> {
    password_reset::Entity::find_by_id(&key.0)
        .filter(password_reset::Column::ExpiresAt.gt(ctx.now().utc()))
}

/// Consumes a link. Of two concurrent calls, one returns `true`.
async fn take(tx: &impl ConnectionTrait, key: &ResetKey) -> Result<bool> {
    let taken = password_reset::Entity::delete_by_id(&key.0).exec(tx).await?;
    Ok(taken.rows_affected == 1)
}

/// The token of a new link, and its row.
fn new_token(
    ctx: &Context,
    user: &user::Model,
    job: Option<JobId>,
) -> (String, password_reset::Model) {
    let token = secrets::new_secret();
    let row = password_reset::Model {
        hash: secrets::hash(&token),
        user_id: user.id,
        expires_at: ctx.now().utc() + LIFETIME,
        job_id: job,
    };
    (token, row)
}

/// The token of a link that a job mails. `Ok(None)` when the account has [`AT_ONCE`] valid mailed
/// links, of which those of earlier attempts of the same job do not count, and when its address was
/// changed since.
async fn new_mailed_token(
    ctx: &Context,
    user: &user::Model,
    claim: &Claim,
) -> Result<Option<String>> {
    retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let valid = password_reset::Entity::find()
            .filter(password_reset::Column::UserId.eq(user.id))
            .filter(password_reset::Column::ExpiresAt.gt(ctx.now().utc()))
            .filter(password_reset::Column::JobId.ne(claim.id));
        if valid.count(&*tx).await? >= AT_ONCE {
            return Ok(None);
        }
        let now = user::Entity::find_by_id(user.id).one(&*tx).await?;
        if now.is_none_or(|now| now.email_key != user.email_key) {
            return Ok(None);
        }
        let (token, row) = new_token(ctx, user, Some(claim.id));
        bulk::insert(&*tx, vec![row]).await?;
        tx.commit().await?;
        Ok(Some(token))
    })
    .await
}

fn page(ctx: &Context, token: &str) -> String {
    ctx.page(&format!("/auth/reset?token={token}"))
}

/// A link to set a new password. It is sent by mail and kept out of the mailbox.
#[derive(Template)]
#[template(path = "mail/reset_link.txt")]
struct ResetLink<'a> {
    /// `None` for an address that is not verified: anyone could send words of their own to it.
    name: Option<UserText<'a>>,
    link: &'a str,
}

/// The notice in the mailbox that a [`ResetLink`] was sent.
#[derive(Template)]
#[template(path = "mail/reset_link_sent.txt")]
struct ResetLinkSent<'a> {
    name: UserText<'a>,
}

/// The notice in the mailbox that this installation cannot send a [`ResetLink`].
#[derive(Template)]
#[template(path = "mail/reset_link_unavailable.txt")]
struct ResetLinkUnavailable<'a> {
    name: UserText<'a>,
}

fn notice(user: &user::Model, dedup_key: String, mail: RenderedMail) -> Draft {
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        mail,
        dedup_key,
        about: None,
        cause: Cause::current(),
    }
}

fn invalid() -> PublicError {
    let message = "This link was used before, is older than an hour, or the password was changed \
                   since. Ask for a new one.";
    PublicError::new(ErrorCode::ResetLinkInvalid, message)
}

/// The mails of this module, as their previews show them.
pub(crate) fn mail_examples() -> Vec<Example> {
    let name = example::NAME;
    let link = "https://site.example/auth/reset?token=0123456789abcdef";
    vec![
        Example::of("reset_link", &ResetLink { name: Some(name), link }),
        Example::of("reset_link.unverified", &ResetLink { name: None, link }),
        Example::of("reset_link_sent", &ResetLinkSent { name }),
        Example::of("reset_link_unavailable", &ResetLinkUnavailable { name }),
    ]
}
