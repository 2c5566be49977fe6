//! The table of sessions.

use domain::Timestamp;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Set,
    sea_query::{Expr, LockBehavior, LockType},
};

use super::{SessionId, contents::Contents, id::hash};
use crate::{Context, Result, entity::session};

/// Expired sessions that each new session of a visitor deletes: more than one, so that the table
/// shrinks before the daily clean-up.
const PURGE_BATCH: u64 = 4;

/// Inserts a new session.
pub(super) async fn create(
    ctx: &Context,
    id: &SessionId,
    contents: &Contents,
    expires_at: Timestamp,
) -> Result<()> {
    let row = session::ActiveModel {
        id: Set(hash(id)),
        data: Set(contents.encode()),
        expires_at: Set(expires_at.utc()),
    };
    session::Entity::insert(row).exec_without_returning(&*ctx.db.autocommit().await).await?;
    if contents.holder().is_none() {
        purge(ctx).await;
    }
    Ok(())
}

/// Deletes a few expired sessions. A failure does not fail the request.
async fn purge(ctx: &Context) {
    let mut ended = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::ExpiresAt.lte(ctx.now().utc()))
        .order_by_asc(session::Column::ExpiresAt)
        .limit(PURGE_BATCH)
        .into_query();
    if !ctx.db.is_sqlite() {
        ended.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let purged = session::Entity::delete_many()
        .filter(session::Column::Id.in_subquery(ended))
        .exec(&*ctx.db.autocommit().await)
        .await;
    if let Err(error) = purged {
        tracing::debug!(%error, "expired sessions were not deleted");
    }
}

/// Updates a session, and its id to `next` if there is one. `Ok(false)` if the session has ended.
pub(super) async fn update(
    ctx: &Context,
    id: &SessionId,
    next: Option<&SessionId>,
    contents: &Contents,
    expires_at: Timestamp,
) -> Result<bool> {
    let mut update = session::Entity::update_many()
        .col_expr(session::Column::Data, Expr::value(contents.encode()))
        .col_expr(session::Column::ExpiresAt, Expr::value(expires_at.utc()))
        .filter(is_alive(ctx, id));
    if let Some(next) = next {
        update = update.col_expr(session::Column::Id, Expr::value(hash(next)));
    }
    let updated = update.exec(&*ctx.db.autocommit().await).await?;
    Ok(updated.rows_affected == 1)
}

/// The contents of a session and when it expires; `Ok(None)` if it has ended.
pub(super) async fn load(ctx: &Context, id: &SessionId) -> Result<Option<(Contents, Timestamp)>> {
    let found = session::Entity::find().filter(is_alive(ctx, id)).one(ctx.db.connection()).await?;
    Ok(found.and_then(|row| Some((Contents::decode(&row.data)?, row.expires_at.into()))))
}

/// Ends a session, if it exists.
pub(super) async fn delete(ctx: &Context, id: &SessionId) -> Result<()> {
    session::Entity::delete_by_id(hash(id)).exec(&*ctx.db.autocommit().await).await?;
    Ok(())
}

fn is_alive(ctx: &Context, id: &SessionId) -> Condition {
    Condition::all()
        .add(session::Column::Id.eq(hash(id)))
        .add(session::Column::ExpiresAt.gt(ctx.now().utc()))
}
