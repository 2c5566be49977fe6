//! Rows of browsers' sessions, for the session store of the server.

use domain::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, Set, sea_query::OnConflict};

use crate::{Context, Result, entity::session, error::is_unique_violation};

/// Stores a new session. `Ok(false)` when the id is taken already.
///
/// # Errors
/// When the database fails.
pub async fn create(
    ctx: &Context,
    id: String,
    data: String,
    expires_at: Timestamp,
) -> Result<bool> {
    let inserted = session::Entity::insert(row(id, data, expires_at))
        .exec_without_returning(&*ctx.db.autocommit().await)
        .await;
    match inserted {
        Ok(_) => Ok(true),
        Err(error) if is_unique_violation(&error) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// Stores a session, over what was there.
///
/// # Errors
/// When the database fails.
pub async fn save(ctx: &Context, id: String, data: String, expires_at: Timestamp) -> Result<()> {
    let overwrite = OnConflict::column(session::Column::Id)
        .update_columns([session::Column::Data, session::Column::ExpiresAt])
        .to_owned();
    session::Entity::insert(row(id, data, expires_at))
        .on_conflict(overwrite)
        .exec_without_returning(&*ctx.db.autocommit().await)
        .await?;
    Ok(())
}

/// The data of a session that has not expired.
///
/// # Errors
/// When the database fails.
pub async fn load(ctx: &Context, id: String) -> Result<Option<String>> {
    let found = session::Entity::find_by_id(id)
        .filter(session::Column::ExpiresAt.gt(ctx.now().utc()))
        .one(ctx.db.connection())
        .await?;
    Ok(found.map(|session| session.data))
}

/// Ends a session, if it exists.
///
/// # Errors
/// When the database fails.
pub async fn delete(ctx: &Context, id: String) -> Result<()> {
    session::Entity::delete_by_id(id).exec(&*ctx.db.autocommit().await).await?;
    Ok(())
}

fn row(id: String, data: String, expires_at: Timestamp) -> session::ActiveModel {
    session::ActiveModel { id: Set(id), data: Set(data), expires_at: Set(expires_at.utc()) }
}
