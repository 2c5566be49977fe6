//! Disabling accounts, which only the command line does.
//!
//! The owner of a disabled account cannot log in. Everything else stays as it is: registrations
//! keep their seats, competitions are open to others, and mail about both is sent, because a
//! participant has to know that a competition was cancelled. Links that set a password are not.

use domain::{Email, ErrorCode, PublicError, Role, User};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, Value,
    prelude::DateTimeUtc, sea_query::Expr,
};

use super::{administrators::not_found, email, find_by_email};
use crate::{
    Context, Error, Result,
    entity::{password_reset, personal_token, refresh_token, user},
    infrastructure::db::{bulk::update_returning, retry},
};

/// Disables an account: its sessions and tokens end at once, in every process, and its owner can no
/// longer log in. Does nothing to an account that is disabled.
///
/// # Errors
/// [`ErrorCode::AccountNotFound`]; [`ErrorCode::LastAdministrator`].
pub async fn disable(ctx: &Context, email: &Email) -> Result<User> {
    let user = retry(|| attempt(ctx, email)).await?;
    tracing::info!(user.id = %user.id, "account disabled");
    Ok(user)
}

async fn attempt(ctx: &Context, email: &Email) -> Result<User> {
    // SERIALIZABLE: two administrators cannot disable each other at the same time.
    let tx = ctx.db.begin_serializable().await?;
    let found = find_by_email(&*tx, email.as_str()).await?.ok_or_else(not_found)?;
    if found.disabled_at.is_some() {
        return Ok(found.into_user());
    }
    if found.role == Role::Admin && is_last_administrator(&*tx, &found).await? {
        let message = "This is the last administrator who can log in. Make another one first.";
        return Err(PublicError::new(ErrorCode::LastAdministrator, message).into());
    }
    let user = set_disabled_at(&*tx, &found, Some(ctx.now().utc())).await?;
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::UserId.eq(user.id))
        .exec(&*tx)
        .await?;
    password_reset::Entity::delete_many()
        .filter(password_reset::Column::UserId.eq(user.id))
        .exec(&*tx)
        .await?;
    personal_token::Entity::delete_many()
        .filter(personal_token::Column::UserId.eq(user.id))
        .exec(&*tx)
        .await?;
    email::remove(&*tx, user.id).await?;
    tx.commit().await?;
    Ok(user)
}

async fn is_last_administrator(tx: &impl ConnectionTrait, row: &user::Model) -> Result<bool> {
    let others = user::Entity::find()
        .filter(user::Column::Role.eq(Role::Admin))
        .filter(user::Column::DisabledAt.is_null())
        .filter(user::Column::Id.ne(row.id));
    Ok(others.count(tx).await? == 0)
}

/// Enables an account that was disabled. Its owner logs in with the password as before; sessions
/// and tokens from before stay ended.
///
/// # Errors
/// [`ErrorCode::AccountNotFound`].
pub async fn enable(ctx: &Context, email: &Email) -> Result<User> {
    let user = retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let found = find_by_email(&*tx, email.as_str()).await?.ok_or_else(not_found)?;
        let user = set_disabled_at(&*tx, &found, None).await?;
        tx.commit().await?;
        Ok(user)
    })
    .await?;
    tracing::info!(user.id = %user.id, "account enabled");
    Ok(user)
}

/// Changes the state, and ends all sessions and tokens by a new version of the credentials.
async fn set_disabled_at(
    tx: &impl ConnectionTrait,
    row: &user::Model,
    at: Option<DateTimeUtc>,
) -> Result<User> {
    let next = Expr::col(user::Column::CredentialsVersion).add(1);
    let set = user::Entity::update_many()
        .col_expr(user::Column::DisabledAt, Expr::value(Value::from(at)))
        .col_expr(user::Column::CredentialsVersion, next)
        .filter(user::Column::Id.eq(row.id));
    let row = update_returning(tx, set).await?.pop().ok_or(Error::Conflict)?;
    Ok(row.into_user())
}

/// For the owner of the account, who has shown the password.
pub(super) fn disabled() -> PublicError {
    let message = "This account is disabled. Contact the operator of this site.";
    PublicError::new(ErrorCode::AccountDisabled, message)
}
