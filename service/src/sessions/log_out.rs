//! Ending other sessions of the same user.

use domain::{BrowserSessionId, UserId};
use sea_orm::{ColumnTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};

use super::cache;
use crate::{
    Actor, Context, Error, Result,
    accounts::Account,
    entity::{personal_token, refresh_token, session, user},
    infrastructure::db::{bulk::update_returning, retry},
};

/// Ends one session of the actor, if it has not ended. A request of it that has begun goes on.
///
/// # Errors
/// Unauthorized; [`domain::ErrorCode::Forbidden`] for a personal access token.
pub async fn log_out(ctx: &Context, actor: &Actor, id: BrowserSessionId) -> Result<()> {
    let user = actor.owner()?.id;
    let found = session::Entity::find()
        .filter(session::Column::UserId.eq(user))
        .filter(session::Column::PublicId.eq(id))
        .one(ctx.db.connection())
        .await?;
    let Some(found) = found else { return Ok(()) };
    session::Entity::delete_by_id(&found.id).exec(&*ctx.db.autocommit().await).await?;
    cache::end_hashed(ctx, &found.id).await;
    tracing::info!(user.id = %user, "a session was ended by its user");
    Ok(())
}

/// Ends all sessions of the actor, and the logins of programs, by a new version of the credentials:
/// at once, in every process. Personal access tokens go on. The caller keeps its own session with
/// the account that is returned.
///
/// # Errors
/// Unauthorized; [`domain::ErrorCode::Forbidden`] for a personal access token.
pub async fn log_out_others(ctx: &Context, actor: &Actor) -> Result<Account> {
    let user = actor.owner()?.id;
    let account = retry(|| attempt(ctx, user)).await?;
    tracing::info!(user.id = %user, "a user has ended their other sessions");
    Ok(account)
}

async fn attempt(ctx: &Context, id: UserId) -> Result<Account> {
    let tx = ctx.db.begin_serializable().await?;
    let next = Expr::col(user::Column::CredentialsVersion).add(1);
    let set = user::Entity::update_many()
        .col_expr(user::Column::CredentialsVersion, next)
        .filter(user::Column::Id.eq(id));
    let account: Account = update_returning(&*tx, set).await?.pop().ok_or(Error::Conflict)?.into();
    let version = account.credentials.0;
    // Only those that were valid until now.
    personal_token::Entity::update_many()
        .col_expr(personal_token::Column::CredentialsVersion, Expr::value(version))
        .filter(personal_token::Column::UserId.eq(id))
        .filter(personal_token::Column::CredentialsVersion.eq(version - 1))
        .exec(&*tx)
        .await?;
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::UserId.eq(id))
        .exec(&*tx)
        .await?;
    tx.commit().await?;
    Ok(account)
}
