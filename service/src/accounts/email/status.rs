//! What a user sees of their address.

use domain::{EmailStatus, ErrorCode, PendingEmail, PublicError, UserId};
use sea_orm::{ConnectionTrait, EntityTrait};

use super::pending;
use crate::{Actor, Context, Result, entity::user};

/// The address of the actor, whether it is verified, and the one that they are to verify.
///
/// # Errors
/// Unauthorized.
pub async fn status(ctx: &Context, actor: &Actor) -> Result<EmailStatus> {
    of_user(ctx, ctx.db.connection(), actor.user()?.id).await
}

/// The same for a user who may have been changed by the transaction of `db`.
pub(super) async fn of_user(
    ctx: &Context,
    db: &impl ConnectionTrait,
    id: UserId,
) -> Result<EmailStatus> {
    let user = user::Entity::find_by_id(id).one(db).await?.ok_or_else(gone)?;
    let pending = pending::find(ctx, db, id).await?.map(|row| PendingEmail {
        email: row.email,
        expires_at: row.expires_at.into(),
        refused: row.refused_at.is_some(),
    });
    Ok(EmailStatus {
        email: user.email,
        verified: user.email_verified_at.is_some(),
        refused: user.email_refused_at.is_some(),
        pending,
        sends_mail: ctx.sends_mail(),
    })
}

pub(super) fn gone() -> PublicError {
    PublicError::new(ErrorCode::Unauthorized, "Unauthorized")
}
