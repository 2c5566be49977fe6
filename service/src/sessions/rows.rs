//! The table of sessions.

use domain::{BrowserSessionId, Timestamp, UserId};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Set,
    sea_query::{Expr, LockBehavior, LockType},
};

use super::{
    SessionId,
    contents::{Contents, Stored},
    id::hash,
};
use crate::{Context, Result, entity::session, infrastructure::ids::new_id};

/// Expired sessions that each new session of a visitor deletes: more than one, so that the table
/// shrinks before the daily clean-up.
const PURGE_BATCH: u64 = 4;

/// Sessions of a user, at most: a login beyond ends the one that was unused for longest.
const MAX_OF_USER: u64 = 50;

/// Inserts a new session. Returns the hashes of the ids of sessions that it has ended.
pub(super) async fn create(
    ctx: &Context,
    id: &SessionId,
    stored: &Stored,
    browser: Option<String>,
) -> Result<Vec<String>> {
    let holder = stored.contents.holder();
    let row = session::ActiveModel {
        id: Set(hash(id)),
        data: Set(stored.contents.encode()),
        expires_at: Set(stored.expires_at.utc()),
        user_id: Set(holder.map(|holder| holder.user)),
        public_id: Set(holder.map(|_| BrowserSessionId(new_id()))),
        credentials_version: Set(holder.map(|holder| holder.credentials.0)),
        logged_in_at: Set(holder.map(|holder| holder.logged_in_at.utc())),
        last_used_at: Set(stored.last_used_at.map(Timestamp::utc)),
        browser: Set(holder.and(browser)),
        time_zone: Set(holder.and_then(|holder| holder.time_zone.clone())),
    };
    session::Entity::insert(row).exec_without_returning(&*ctx.db.autocommit().await).await?;
    match holder {
        Some(holder) => end_beyond_limit(ctx, holder.user).await,
        None => {
            purge(ctx).await;
            Ok(Vec::new())
        }
    }
}

/// Ends the sessions of a user beyond the limit, those that were unused for longest.
async fn end_beyond_limit(ctx: &Context, user: UserId) -> Result<Vec<String>> {
    let beyond = session::Entity::find()
        .select_only()
        .column(session::Column::Id)
        .filter(session::Column::UserId.eq(user))
        .order_by_desc(session::Column::LastUsedAt)
        .order_by_desc(session::Column::PublicId)
        .offset(MAX_OF_USER)
        .limit(MAX_OF_USER)
        .into_tuple::<String>();
    let beyond = beyond.all(ctx.db.connection()).await?;
    if !beyond.is_empty() {
        session::Entity::delete_many()
            .filter(session::Column::Id.is_in(&beyond))
            .exec(&*ctx.db.autocommit().await)
            .await?;
    }
    Ok(beyond)
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
    stored: &Stored,
    browser: Option<String>,
) -> Result<bool> {
    let mut update = session::Entity::update_many()
        .col_expr(session::Column::Data, Expr::value(stored.contents.encode()))
        .col_expr(session::Column::ExpiresAt, Expr::value(stored.expires_at.utc()))
        .filter(is_alive(ctx, id));
    if let Some(holder) = stored.contents.holder() {
        // A session of an earlier release has none yet.
        let public_id = Expr::col(session::Column::PublicId).if_null(new_id());
        update = update
            .col_expr(session::Column::UserId, Expr::value(holder.user))
            .col_expr(session::Column::PublicId, public_id)
            .col_expr(session::Column::CredentialsVersion, Expr::value(holder.credentials.0))
            .col_expr(session::Column::LoggedInAt, Expr::value(holder.logged_in_at.utc()))
            .col_expr(session::Column::LastUsedAt, Expr::value(ctx.now().utc()));
        if let Some(browser) = browser {
            update = update.col_expr(session::Column::Browser, Expr::value(browser));
        }
    }
    if let Some(next) = next {
        update = update.col_expr(session::Column::Id, Expr::value(hash(next)));
    }
    let updated = update.exec(&*ctx.db.autocommit().await).await?;
    Ok(updated.rows_affected == 1)
}

/// A session; `Ok(None)` if it has ended.
pub(super) async fn load(ctx: &Context, id: &SessionId) -> Result<Option<Stored>> {
    let found = session::Entity::find().filter(is_alive(ctx, id)).one(ctx.db.connection()).await?;
    Ok(found.and_then(|row| {
        Some(Stored {
            contents: Contents::decode(&row.data)?,
            expires_at: row.expires_at.into(),
            last_used_at: row.last_used_at.map(Into::into),
        })
    }))
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
