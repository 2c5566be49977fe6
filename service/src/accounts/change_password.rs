//! Changing the password.

use askama::Template;
use domain::{PasswordChange, UserId};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, sea_query::Expr};

use super::{Account, confirm_password, email};
use crate::{
    Actor, Cause, ClientAddress, Context, Error, Result,
    entity::{password_reset, personal_token, refresh_token, user},
    infrastructure::{
        db::{bulk::update_returning, retry},
        ids::new_id,
    },
    mail::{
        dedup_keys::ACCOUNT,
        example::{self, Example},
        mailbox::{Draft, store_and_enqueue},
        reader::Reader,
        templates::{RenderedMail, UserText},
    },
};

/// Changes the actor's password, which revokes all of their sessions and tokens. The caller starts
/// a new session.
///
/// # Errors
/// Unauthorized; [`domain::ErrorCode::Forbidden`] for a personal access token;
/// [`domain::ErrorCode::WrongPassword`]; [`domain::ErrorCode::RateLimited`] when too many were
/// wrong.
pub async fn change_password(
    ctx: &Context,
    actor: &Actor,
    change: PasswordChange,
    from: ClientAddress,
) -> Result<Account> {
    let user = actor.owner()?;
    let row = confirm_password(ctx, user, change.current, "currentPassword", from).await?;
    let hash = ctx.passwords.hash(change.new).await?;
    retry(|| async {
        let tx = ctx.db.begin_serializable().await?;
        // Concurrent changes have both shown the old password; either may win.
        let account = set_password(ctx, &*tx, row.id, &hash).await?;
        tx.commit().await?;
        Ok(account)
    })
    .await
}

/// Sets a password and notifies the owner. The commit revokes all sessions and tokens of the user.
pub(crate) async fn set_password(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    user: UserId,
    hash: &str,
) -> Result<Account> {
    let next = Expr::col(user::Column::CredentialsVersion).add(1);
    let set = user::Entity::update_many()
        .col_expr(user::Column::PasswordHash, Expr::value(hash))
        .col_expr(user::Column::CredentialsVersion, next)
        .filter(user::Column::Id.eq(user));
    let row = update_returning(tx, set).await?.pop().ok_or(Error::Conflict)?;
    // Revoked by the new version already; delete the rows.
    refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::UserId.eq(user))
        .exec(tx)
        .await?;
    password_reset::Entity::delete_many()
        .filter(password_reset::Column::UserId.eq(user))
        .exec(tx)
        .await?;
    personal_token::Entity::delete_many()
        .filter(personal_token::Column::UserId.eq(user))
        .exec(tx)
        .await?;
    // A person who knew the old password may have asked for it.
    email::remove_change(tx, &row).await?;
    store_and_enqueue(ctx, tx, vec![notice(ctx, &row)]).await?;
    Ok(row.into())
}

#[derive(Template)]
#[template(path = "mail/password_changed.txt")]
struct PasswordChanged<'a> {
    name: UserText<'a>,
    at: &'a str,
    /// The page that asks for a reset link.
    forgot: &'a str,
}

fn notice(ctx: &Context, user: &user::Model) -> Draft {
    let mail = RenderedMail::of(&PasswordChanged {
        name: UserText(&user.name),
        at: &Reader::from(user).time(ctx.now()),
        forgot: &ctx.page("/auth/forgot"),
    });
    Draft {
        user: user.id,
        recipient: user.email.clone(),
        mail,
        dedup_key: format!("{ACCOUNT}password-changed:{}", new_id()),
        about: None,
        cause: Cause::current(),
    }
}

/// The mail of this module, as its preview shows it.
pub(crate) fn mail_examples() -> Vec<Example> {
    let mail = PasswordChanged {
        name: example::NAME,
        at: "Sun 29 Nov 2026, 16:10 (Asia/Tokyo, UTC+9)",
        forgot: "https://site.example/auth/forgot",
    };
    vec![Example::of("password_changed", &mail)]
}
