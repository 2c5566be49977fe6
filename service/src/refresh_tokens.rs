//! Refresh tokens: with one an API client gets its next pair of tokens, once.
//!
//! All that are renewed from one login are a family. A used token that comes again was copied, by
//! its first sender or by its second; which of them is unknown, so the whole family ends.
//!
//! For [`GRACE`] after its first use there is a harmless reason as well: two requests in parallel,
//! or a retry after a lost response. Within it the same token gets the same successor again, as
//! long as the successor is unused. A token so never has two successors: a thief who sends a copy
//! within the grace gets what its owner has, and the first of the two who renews that makes the
//! other's attempt a reuse, which ends the family.
//!
//! The database holds SHA-256 of tokens only. The successor is derived from the token, which the
//! database does not have, and a random salt, which the client does not have.

use chrono::TimeDelta;
use domain::{ErrorCode, PublicError, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, QuerySelect,
    prelude::Uuid,
    sea_query::{Expr, LockType},
};

use crate::{
    Context, Error, Result,
    accounts::{Account, CredentialsVersion},
    entity::{refresh_token, user},
    infrastructure::{
        db::{bulk, retry},
        ids::new_id,
        secrets,
    },
};

/// The lifetime of a token. A client that is unused for longer has to log in again.
pub const LIFETIME: TimeDelta = TimeDelta::days(30);
/// How long after its first use a token gets the same successor again.
pub const GRACE: TimeDelta = TimeDelta::seconds(10);

/// Starts a new family after a login. Returns its first token.
///
/// # Errors
/// When the database fails.
pub async fn start(ctx: &Context, account: &Account) -> Result<String> {
    let token = secrets::new_secret();
    let row = new_row(ctx.now(), &token, new_id(), account);
    bulk::insert(&*ctx.db.autocommit().await, vec![row]).await?;
    Ok(token)
}

/// Takes a token, and gives the next one of its family for it.
///
/// # Errors
/// [`ErrorCode::Unauthorized`] for a token that was never issued, has expired, was issued for an
/// earlier password, or was used before; the last ends its family, unless it is the retry of a
/// moment ago.
pub async fn renew(ctx: &Context, token: &str) -> Result<(Account, String)> {
    let renewed = retry(|| attempt(ctx, token)).await?;
    renewed.ok_or_else(|| {
        let message = "This refresh token is not good any more. Sign in again.";
        Error::Public(PublicError::new(ErrorCode::Unauthorized, message))
    })
}

/// Ends the family of a token, if it has one.
///
/// # Errors
/// When the database fails.
pub async fn revoke(ctx: &Context, token: &str) -> Result<()> {
    let hash = secrets::hash(token);
    retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        if let Some((_, row)) = find_locked(&*tx, &hash).await? {
            end_family(&*tx, row.family_id).await?;
        }
        tx.commit().await
    })
    .await
}

async fn attempt(ctx: &Context, token: &str) -> Result<Option<(Account, String)>> {
    let now = ctx.now();
    let hash = secrets::hash(token);
    let tx = ctx.db.begin_serializable().await?;
    let Some((user, row)) = find_locked(&*tx, &hash).await? else { return Ok(None) };
    let account = Account::from(user);
    let is_current = account.credentials == CredentialsVersion(row.credentials_version);
    if row.expires_at <= now.utc() || !is_current {
        return Ok(None);
    }
    if row.used_at.is_none() {
        let salt = secrets::new_secret();
        let successor = secrets::derive(token, &salt);
        mark_used(&*tx, now, &hash, salt).await?;
        bulk::insert(&*tx, vec![new_row(now, &successor, row.family_id, &account)]).await?;
        tx.commit().await?;
        return Ok(Some((account, successor)));
    }
    if let Some(successor) = successor_within_grace(&*tx, now, token, &row).await? {
        return Ok(Some((account, successor)));
    }
    end_family(&*tx, row.family_id).await?;
    tx.commit().await?;
    let user = account.user.id;
    tracing::warn!(user.id = %user, "a refresh token was used twice, its family has ended");
    Ok(None)
}

/// A token and its owner. The row of the owner is locked until the transaction ends, so that
/// whatever is decided about a family is decided one after the other, under READ COMMITTED as well:
/// a family that ends takes along the token that is issued at the same time.
async fn find_locked(
    tx: &impl ConnectionTrait,
    hash: &str,
) -> Result<Option<(user::Model, refresh_token::Model)>> {
    let Some(found) = refresh_token::Entity::find_by_id(hash).one(tx).await? else {
        return Ok(None);
    };
    // Weaker than FOR UPDATE: registrations refer to the row, and need not wait.
    let user = user::Entity::find_by_id(found.user_id).lock(LockType::NoKeyUpdate).one(tx).await?;
    // It may have been used or deleted while we waited for the lock.
    let row = refresh_token::Entity::find_by_id(hash).one(tx).await?;
    Ok(user.zip(row))
}

async fn mark_used(
    tx: &impl ConnectionTrait,
    now: Timestamp,
    hash: &str,
    salt: String,
) -> Result<()> {
    let marked = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(now.utc()))
        .col_expr(refresh_token::Column::SuccessorSalt, Expr::value(salt))
        .filter(refresh_token::Column::Hash.eq(hash))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    if marked.rows_affected == 1 { Ok(()) } else { Err(Error::Conflict) }
}

/// The successor that a used token was given, for its second sender; `Ok(None)` once the grace is
/// over or the successor was used in turn.
async fn successor_within_grace(
    tx: &impl ConnectionTrait,
    now: Timestamp,
    token: &str,
    row: &refresh_token::Model,
) -> Result<Option<String>> {
    let (Some(used_at), Some(salt)) = (row.used_at, &row.successor_salt) else { return Ok(None) };
    // The clock of the process that saw the first use may be a little ahead of ours.
    if (now.utc() - used_at).abs() > GRACE {
        return Ok(None);
    }
    let successor = secrets::derive(token, salt);
    let next = refresh_token::Entity::find_by_id(secrets::hash(&successor)).one(tx).await?;
    Ok(next.is_some_and(|next| next.used_at.is_none()).then_some(successor))
}

/// Deletes the tokens of a family: an unknown token is refused.
async fn end_family(tx: &impl ConnectionTrait, family: Uuid) -> Result<()> {
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::FamilyId.eq(family))
        .exec(tx)
        .await?;
    Ok(())
}

fn new_row(now: Timestamp, token: &str, family: Uuid, account: &Account) -> refresh_token::Model {
    refresh_token::Model {
        hash: secrets::hash(token),
        family_id: family,
        user_id: account.user.id,
        credentials_version: account.credentials.0,
        expires_at: now.utc() + LIFETIME,
        used_at: None,
        successor_salt: None,
    }
}
