//! Messages that are not mailed until their reader verifies their address.

use chrono::TimeDelta;
use domain::{MailId, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect,
    prelude::DateTimeUtc, sea_query::Expr,
};

use crate::{
    Context, Result,
    entity::{
        mail::{Column, Entity, Model},
        user,
    },
    infrastructure::db::retry,
    metrics::MAILS,
};

/// Messages that are mailed after a verification, at most.
const RELEASED: u64 = 10;
/// How old they may be.
const HELD_FOR: TimeDelta = TimeDelta::days(4);

/// Holds a message back. Returns the address of its reader if they have just verified it.
pub(super) async fn hold(ctx: &Context, mail: &Model) -> Result<Option<String>> {
    let verified = retry(|| attempt(ctx, mail)).await?;
    if verified.is_none() {
        MAILS.unverified();
        tracing::info!(mail.id = %mail.id, "not mailed: the recipient's address is not verified");
    }
    Ok(verified)
}

/// SERIALIZABLE, so that a verification at the same time finds the message or is found.
async fn attempt(ctx: &Context, mail: &Model) -> Result<Option<String>> {
    let tx = ctx.db.begin_serializable().await?;
    let reader = user::Entity::find_by_id(mail.user_id).one(&*tx).await?;
    if let Some(reader) = reader.filter(|reader| reader.email_verified_at.is_some()) {
        return Ok(Some(reader.email));
    }
    Entity::update_many()
        .col_expr(Column::HeldAt, Expr::value(ctx.now().utc()))
        .filter(Column::Id.eq(mail.id))
        .exec(&*tx)
        .await?;
    tx.commit().await?;
    Ok(None)
}

/// Ends the hold of all messages to a user who has verified an address, in the transaction that
/// does so. Returns the newest unread ones, oldest first, to be mailed.
pub(crate) async fn release(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    user: UserId,
) -> Result<Vec<MailId>> {
    let held = || Column::UserId.eq(user).and(Column::HeldAt.is_not_null());
    let mut released: Vec<MailId> = Entity::find()
        .select_only()
        .column(Column::Id)
        .filter(held())
        .filter(Column::ReadAt.is_null())
        .filter(Column::SentAt.gt(ctx.now().utc() - HELD_FOR))
        .order_by_desc(Column::SentAt)
        .order_by_desc(Column::Id)
        .limit(RELEASED)
        .into_tuple()
        .all(tx)
        .await?;
    released.reverse();
    Entity::update_many()
        .col_expr(Column::HeldAt, Expr::value(None::<DateTimeUtc>))
        .filter(held())
        .exec(tx)
        .await?;
    Ok(released)
}
