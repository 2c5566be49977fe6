//! Marking messages as read.

use domain::{Mail, MailId};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, UpdateMany, sea_query::Expr};

use super::get;
use crate::{Actor, Context, Result, entity::mail};

/// Records when the actor first opened a message.
///
/// # Errors
/// Unauthorized; [`ErrorCode::MailNotFound`], also for another user's message.
pub async fn mark_read(ctx: &Context, actor: &Actor, id: MailId) -> Result<Mail> {
    let one = unread(actor)?.filter(mail::Column::Id.eq(id));
    set_read(ctx, one).await?;
    get(ctx, actor, id).await
}

/// Marks all messages of the actor as read. Returns how many were unread.
///
/// # Errors
/// Unauthorized.
pub async fn mark_all_read(ctx: &Context, actor: &Actor) -> Result<u64> {
    set_read(ctx, unread(actor)?).await
}

/// The actor's unread messages, to be changed.
fn unread(actor: &Actor) -> Result<UpdateMany<mail::Entity>> {
    let user = actor.writer()?;
    Ok(mail::Entity::update_many()
        .filter(mail::Column::UserId.eq(user.id))
        .filter(mail::Column::ReadAt.is_null()))
}

async fn set_read(ctx: &Context, unread: UpdateMany<mail::Entity>) -> Result<u64> {
    let read = unread.col_expr(mail::Column::ReadAt, Expr::value(ctx.now().utc()));
    Ok(read.exec(&*ctx.db.autocommit().await).await?.rows_affected)
}
