//! Revoking tokens.

use domain::{ErrorCode, PersonalToken, PersonalTokenId, PublicError};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{Actor, Context, Result, entity::personal_token};

/// One of the actor's tokens.
///
/// # Errors
/// Unauthorized; [`ErrorCode::Forbidden`] for a personal access token;
/// [`ErrorCode::PersonalTokenNotFound`], also for another user's.
pub async fn get(ctx: &Context, actor: &Actor, id: PersonalTokenId) -> Result<PersonalToken> {
    let user = actor.owner()?.id;
    let found = personal_token::Entity::find_by_id(id)
        .filter(personal_token::Column::UserId.eq(user))
        .one(ctx.db.connection())
        .await?;
    Ok(found.ok_or_else(not_found)?.into_view())
}

/// Revokes one of the actor's tokens. No process accepts it from now on; requests and event streams
/// that have begun go on.
///
/// # Errors
/// As for [`get`].
pub async fn revoke(ctx: &Context, actor: &Actor, id: PersonalTokenId) -> Result<()> {
    let user = actor.owner()?.id;
    let deleted = personal_token::Entity::delete_by_id(id)
        .filter(personal_token::Column::UserId.eq(user))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    if deleted.rows_affected == 0 {
        return Err(not_found().into());
    }
    tracing::info!(user.id = %user, token.id = %id, "a personal access token was revoked");
    Ok(())
}

fn not_found() -> PublicError {
    PublicError::new(ErrorCode::PersonalTokenNotFound, "Token not found")
}
