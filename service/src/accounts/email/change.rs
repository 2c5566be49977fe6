//! Changing the address of an account.

use domain::{Email, EmailChange, EmailStatus, UserId};
use sea_orm::EntityTrait;

use super::{
    pending::remove,
    replace::replace,
    request::ask,
    status::{gone, of_user},
};
use crate::{
    Actor, ClientAddress, Context, Result,
    accounts::{confirm_password, email_taken, find_by_email},
    entity::user,
    infrastructure::db::retry,
};

/// Asks for a mail to an address that the actor's account is to have; it replaces the old one when
/// it is verified. Where this installation sends no mail, it replaces the old one at once.
///
/// # Errors
/// Unauthorized; [`ErrorCode::Forbidden`](domain::ErrorCode::Forbidden) for a personal access
/// token; [`ErrorCode::WrongPassword`](domain::ErrorCode::WrongPassword);
/// [`ErrorCode::EmailTaken`](domain::ErrorCode::EmailTaken) for the address of another account;
/// [`ErrorCode::RateLimited`](domain::ErrorCode::RateLimited) when too many passwords were wrong,
/// and after six mails within an hour.
pub async fn change(
    ctx: &Context,
    actor: &Actor,
    change: EmailChange,
    from: ClientAddress,
) -> Result<EmailStatus> {
    let owner = actor.owner()?;
    let EmailChange { email, password } = change;
    let user = confirm_password(ctx, owner, password, "password", from).await?;
    let db = ctx.db.connection();
    let holder = find_by_email(db, email.as_str()).await?;
    if holder.is_some_and(|holder| holder.id != user.id) {
        return Err(email_taken().into());
    }
    // The typed case of the address is all that changes, or nothing.
    let is_same = email.key() == user.email_key;
    if !ctx.sends_mail() || (is_same && user.email_verified_at.is_some()) {
        set(ctx, user.id, &email).await?;
    } else {
        ask(ctx, &user, &email).await?;
    }
    of_user(ctx, db, user.id).await
}

/// Sets an address without a verification, or another spelling of a verified one.
async fn set(ctx: &Context, id: UserId, email: &Email) -> Result<()> {
    retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        let user = user::Entity::find_by_id(id).one(&*tx).await?.ok_or_else(gone)?;
        let is_verified = user.email_verified_at.is_some() && user.email_key == email.key();
        replace(ctx, &*tx, user, email, is_verified).await?;
        // Ends a change to another address.
        remove(&*tx, id).await?;
        tx.commit().await
    })
    .await
}
