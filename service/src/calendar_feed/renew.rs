//! Making the address of a feed, or another one.

use domain::{CalendarFeed, ErrorCode, PublicError, UserId};
use sea_orm::{
    EntityTrait, IntoActiveModel, QuerySelect,
    sea_query::{LockType, OnConflict},
};

use super::FeedKey;
use crate::{
    Actor, Context, Result,
    credentials::CredentialsVersion,
    entity::{
        calendar_feed::{Column, Entity, Model},
        user,
    },
    infrastructure::db::retry,
};

/// Makes the actor's feed with this key. An address that it had before is not found from now on.
///
/// # Errors
/// Unauthorized; [`ErrorCode::Forbidden`] for a personal access token.
pub async fn renew(ctx: &Context, actor: &Actor, key: &FeedKey) -> Result<CalendarFeed> {
    let (owner, credentials) = (actor.owner()?.id, actor.credentials()?);
    let row = retry(|| attempt(ctx, owner, credentials, key)).await?;
    tracing::info!(user.id = %owner, "the address of a calendar feed was made");
    Ok(row.into_view())
}

async fn attempt(
    ctx: &Context,
    owner: UserId,
    credentials: CredentialsVersion,
    key: &FeedKey,
) -> Result<Model> {
    let tx = ctx.db.begin_serializable().await?;
    // Locked against a deletion of the account, and weaker than FOR UPDATE: registrations refer to
    // the row, and need not wait.
    let user = user::Entity::find_by_id(owner).lock(LockType::NoKeyUpdate).one(&*tx).await?;
    // The password was changed or the account deleted since the actor was recognized.
    if user.is_none_or(|user| CredentialsVersion(user.credentials_version) != credentials) {
        return Err(PublicError::new(ErrorCode::TokenRevoked, "Unauthorized").into());
    }
    let row =
        Model { user_id: owner, hash: key.hash(), created_at: ctx.now().utc(), last_read_at: None };
    let replace = OnConflict::column(Column::UserId)
        .update_columns([Column::Hash, Column::CreatedAt, Column::LastReadAt])
        .to_owned();
    let insert = Entity::insert(row.clone().into_active_model()).on_conflict(replace);
    insert.exec_without_returning(&*tx).await?;
    tx.commit().await?;
    Ok(row)
}
