//! Refresh tokens: with one an API client gets its next pair of tokens, once.
//!
//! All that are renewed from one sign-in are a family. A token that comes a second time was copied, by whoever sent
//! it first or by whoever sends it now; nobody can tell which, so the whole family ends. Two requests at once with one
//! token are no different: one gets a pair, and the other ends it. A client sends one at a time.

use chrono::TimeDelta;
use domain::{ErrorCode, PublicError, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, prelude::Uuid, sea_query::Expr,
};

use crate::{
    Context, Error, Result,
    accounts::{Account, CredentialsVersion, account},
    db::{bulk, retry},
    entity::{refresh_token, user},
    ids::new_id,
    secrets,
};

/// How long a token is good for: who does not come back for a month signs in again.
const LIFETIME: TimeDelta = TimeDelta::days(30);

/// A new family for somebody who has just signed in; answers with its first token.
///
/// # Errors
/// When the database fails.
pub async fn start(ctx: &Context, account: &Account) -> Result<String> {
    let (token, row) = new_token(ctx.now(), new_id(), account);
    bulk::insert(&*ctx.db.autocommit().await, vec![row]).await?;
    Ok(token)
}

/// Takes a token, and gives the next one of its family for it.
///
/// # Errors
/// [`ErrorCode::Unauthorized`] for a token that nobody was given, that has expired, was given for an earlier password,
/// or was used before; the last ends its family.
pub async fn renew(ctx: &Context, token: &str) -> Result<(Account, String)> {
    let hash = secrets::hash(token);
    let renewed = retry(|| attempt(ctx, &hash)).await?;
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
        let tx = ctx.db.write().await?;
        if let Some(row) = refresh_token::Entity::find_by_id(&hash).one(&*tx).await? {
            end_family(&*tx, row.family_id).await?;
        }
        tx.commit().await
    })
    .await
}

/// SERIALIZABLE, so that a family that ends takes along the token that somebody is getting at the same time.
async fn attempt(ctx: &Context, hash: &str) -> Result<Option<(Account, String)>> {
    let now = ctx.now();
    let tx = ctx.db.write().await?;
    let Some(row) = refresh_token::Entity::find_by_id(hash).one(&*tx).await? else {
        return Ok(None);
    };
    let Some(user) = user::Entity::find_by_id(row.user_id).one(&*tx).await? else {
        return Ok(None);
    };
    let account = account(user)?;
    let is_current = account.credentials == CredentialsVersion(row.credentials_version);
    if row.expires_at <= now.utc() || !is_current {
        return Ok(None);
    }
    if !take(&*tx, now, hash).await? {
        end_family(&*tx, row.family_id).await?;
        tx.commit().await?;
        tracing::warn!(user.id = %account.user.id, "a refresh token was used twice, its family has ended");
        return Ok(None);
    }
    let (token, next) = new_token(now, row.family_id, &account);
    bulk::insert(&*tx, vec![next]).await?;
    tx.commit().await?;
    Ok(Some((account, token)))
}

/// Marks a token used; `false` if it was. Of two at once, one does.
async fn take(tx: &impl ConnectionTrait, now: Timestamp, hash: &str) -> Result<bool> {
    let taken = refresh_token::Entity::update_many()
        .col_expr(refresh_token::Column::UsedAt, Expr::value(now.utc()))
        .filter(refresh_token::Column::Hash.eq(hash))
        .filter(refresh_token::Column::UsedAt.is_null())
        .exec(tx)
        .await?;
    Ok(taken.rows_affected == 1)
}

/// Forgets the tokens of a family: those are good for nothing that nobody was given.
async fn end_family(tx: &impl ConnectionTrait, family: Uuid) -> Result<()> {
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::FamilyId.eq(family))
        .exec(tx)
        .await?;
    Ok(())
}

fn new_token(now: Timestamp, family: Uuid, account: &Account) -> (String, refresh_token::Model) {
    let token = secrets::new_secret();
    let row = refresh_token::Model {
        hash: secrets::hash(&token),
        family_id: family,
        user_id: account.user.id.0,
        credentials_version: account.credentials.0,
        expires_at: now.utc() + LIFETIME,
        used_at: None,
    };
    (token, row)
}
