//! Giving an account an address.

use domain::{Email, ErrorCode, PublicError};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, EntityTrait, QueryFilter, Set};

use super::notice;
use crate::{
    Context, Result,
    accounts::{search_text, search_words},
    entity::{password_reset, user},
    error::is_unique_violation,
    mail::preferences,
};

/// Gives an account an address, or another spelling of its address. The owner of the old address is
/// notified if they had verified it, and its links to set a password end.
pub(super) async fn replace(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    user: user::Model,
    email: &Email,
    is_verified: bool,
) -> Result<()> {
    let now = ctx.now().utc();
    let before = user.clone();
    let is_same = email.key() == before.email_key;
    let verified_at = before.email_verified_at.filter(|_| is_same).unwrap_or(now);
    let changed = user::ActiveModel {
        email: Set(email.as_str().to_owned()),
        email_key: Set(email.key()),
        search_text: Set(search_text(&user.name, email.as_str())),
        search_words: Set(search_words(&user.name, email.as_str())),
        email_verified_at: Set(is_verified.then_some(verified_at)),
        email_refused_at: Set(None),
        ..user.into()
    };
    match changed.update(tx).await {
        Ok(_) => {}
        Err(error) if is_unique_violation(&error) => {
            let message = "Another account has this email address";
            return Err(PublicError::new(ErrorCode::EmailTaken, message).into());
        }
        Err(error) => return Err(error.into()),
    }
    if is_same {
        return Ok(());
    }
    password_reset::Entity::delete_many()
        .filter(password_reset::Column::UserId.eq(before.id))
        .exec(tx)
        .await?;
    preferences::move_to(ctx, tx, &before.email, email.as_str()).await?;
    tracing::info!(user.id = %before.id, "the address of an account was changed");
    notice::store(ctx, tx, &before, email).await
}
