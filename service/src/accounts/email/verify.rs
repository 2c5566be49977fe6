//! Verifying an address by the link or the code of a mail.

use domain::{Email, EmailCode, EmailStatus, ErrorCode, PublicError, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, Select, sea_query::Expr,
};

use super::{
    EmailLinkKey, LIFETIME, code_hash,
    replace::replace,
    status::{gone, of_user},
};
use crate::{
    Actor, Context, Error, Result,
    entity::{email_verification, user},
    infrastructure::db::{bulk::update_returning, retry},
    jobs::{self, NewJob},
    mail::{delivery::DeliverMail, held_messages},
};

/// What a link verifies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailLink {
    /// The address.
    pub email: String,
    /// Whether it replaces that of an account.
    pub is_change: bool,
}

/// What a link verifies; `Ok(None)` if the link is no longer valid.
///
/// # Errors
/// When the database fails.
pub async fn find_link(ctx: &Context, key: &EmailLinkKey) -> Result<Option<EmailLink>> {
    let db = ctx.db.connection();
    let Some(row) = valid(ctx, key).one(db).await? else { return Ok(None) };
    let user = user::Entity::find_by_id(row.user_id).one(db).await?;
    let is_change = user.is_some_and(|user| user.email_key != row.email_key);
    Ok(Some(EmailLink { email: row.email, is_change }))
}

/// Verifies the address of a link. No login is needed: the link shows that its holder reads the
/// mail of the address. An address that is not yet that of the account becomes it.
///
/// # Errors
/// [`ErrorCode::EmailVerificationInvalid`]; [`ErrorCode::EmailTaken`] when another account has got
/// the address meanwhile.
pub async fn verify_by_link(ctx: &Context, key: &EmailLinkKey) -> Result<()> {
    retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let row = valid(ctx, key).one(&*tx).await?.ok_or_else(link_invalid)?;
        accept(ctx, &*tx, row).await?;
        tx.commit().await
    })
    .await
}

/// Verifies the address that the actor is to verify, by the code of the last mail to it. Each call
/// is one of the five tries.
///
/// # Errors
/// Unauthorized; [`ErrorCode::Forbidden`] for a personal access token;
/// [`ErrorCode::EmailCodeWrong`]; [`ErrorCode::EmailVerificationInvalid`] when there is no code, it
/// has expired, or no try is left; [`ErrorCode::EmailTaken`] when another account has got the
/// address meanwhile.
pub async fn verify_by_code(ctx: &Context, actor: &Actor, code: &EmailCode) -> Result<EmailStatus> {
    let id = actor.owner()?.id;
    // Committed on its own, so that concurrent guesses cannot share a try.
    let Some(row) = use_try(ctx, id).await? else {
        // A retry after a lost response.
        if was_just_verified(ctx, id).await? {
            return of_user(ctx, ctx.db.connection(), id).await;
        }
        return Err(code_invalid().into());
    };
    if row.code_hash.as_deref() != Some(&*code_hash(id, code)) {
        return Err(code_wrong(row.tries_left).into());
    }
    retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let same = email_verification::Entity::find_by_id(id)
            .filter(email_verification::Column::CodeHash.eq(row.code_hash.as_deref()))
            .one(&*tx)
            .await?;
        accept(ctx, &*tx, same.ok_or_else(code_invalid)?).await?;
        tx.commit().await
    })
    .await?;
    of_user(ctx, ctx.db.connection(), id).await
}

/// A mailed link that sets a password verifies the address that it was mailed to.
pub(crate) async fn verified_by_reset_link(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    id: UserId,
) -> Result<()> {
    let user = user::Entity::find_by_id(id).one(tx).await?.ok_or_else(gone)?;
    if user.email_verified_at.is_some() {
        return Ok(());
    }
    let email = Email::parse(&user.email).map_err(Error::Corrupt)?;
    email_verification::Entity::delete_by_id(id)
        .filter(email_verification::Column::EmailKey.eq(&user.email_key))
        .exec(tx)
        .await?;
    replace(ctx, tx, user, &email, true).await?;
    mail_held(ctx, tx, id).await
}

async fn accept(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    row: email_verification::Model,
) -> Result<()> {
    let user = user::Entity::find_by_id(row.user_id).one(tx).await?;
    // A deleted account may stay without an address.
    let is_open = |user: &user::Model| user.disabled_at.is_none() && !user.email.is_empty();
    let user = user.filter(is_open).ok_or_else(link_invalid)?;
    let is_first = user.email_verified_at.is_none();
    let email = Email::parse(&row.email).map_err(Error::Corrupt)?;
    replace(ctx, tx, user, &email, true).await?;
    email_verification::Entity::delete_by_id(row.user_id).exec(tx).await?;
    if is_first {
        mail_held(ctx, tx, row.user_id).await?;
    }
    Ok(())
}

/// Mails messages that were held back until the first address of the account was verified: a
/// confirmation of a registration, for example, that was made right after signing up.
async fn mail_held(ctx: &Context, tx: &impl ConnectionTrait, id: UserId) -> Result<()> {
    let released = held_messages::release(ctx, tx, id).await?;
    let job = |mail_id| NewJob::from(DeliverMail { mail_id });
    jobs::add(tx, ctx.now(), released.into_iter().map(job)).await
}

fn valid(ctx: &Context, EmailLinkKey(hash): &EmailLinkKey) -> Select<email_verification::Entity> {
    email_verification::Entity::find()
        .filter(email_verification::Column::LinkHash.eq(hash))
        .filter(email_verification::Column::ExpiresAt.gt(ctx.now().utc()))
}

/// Counts a try. `Ok(None)` when there is no code that may be tried.
async fn use_try(ctx: &Context, id: UserId) -> Result<Option<email_verification::Model>> {
    use email_verification::Column::{CodeHash, ExpiresAt, TriesLeft, UserId};
    let count = email_verification::Entity::update_many()
        .col_expr(TriesLeft, Expr::col(TriesLeft).sub(1))
        .filter(UserId.eq(id))
        .filter(CodeHash.is_not_null())
        .filter(TriesLeft.gt(0))
        .filter(ExpiresAt.gt(ctx.now().utc()));
    Ok(update_returning(&*ctx.db.autocommit().await, count).await?.pop())
}

/// Whether the account has verified its address within the hour of a code, and has none to verify.
async fn was_just_verified(ctx: &Context, id: UserId) -> Result<bool> {
    let db = ctx.db.connection();
    if email_verification::Entity::find_by_id(id).one(db).await?.is_some() {
        return Ok(false);
    }
    let user = user::Entity::find_by_id(id).one(db).await?;
    let verified_at = user.and_then(|user| user.email_verified_at);
    Ok(verified_at.is_some_and(|at| at > ctx.now().utc() - LIFETIME))
}

fn link_invalid() -> PublicError {
    let message = "This link was used before, is older than an hour, or a newer mail has replaced \
                   it. Ask for a new one on the page of your account.";
    PublicError::new(ErrorCode::EmailVerificationInvalid, message)
}

fn code_invalid() -> PublicError {
    let message = "No code can be tried: it was tried five times, or is older than an hour. Ask \
                   for a new mail.";
    PublicError::on_field(ErrorCode::EmailVerificationInvalid, "code", message)
}

fn code_wrong(tries_left: i32) -> PublicError {
    let message = match tries_left {
        0 => "This is not the code of the last mail. Ask for a new mail.".to_owned(),
        1 => "This is not the code of the last mail. You have one try left.".to_owned(),
        left => format!("This is not the code of the last mail. You have {left} tries left."),
    };
    PublicError::on_field(ErrorCode::EmailCodeWrong, "code", &message)
}
