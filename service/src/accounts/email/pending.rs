//! The address that an account is to verify.

use domain::{Email, Timestamp, UserId};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, sea_query::OnConflict,
};

use crate::{
    Context, Result,
    entity::{
        email_verification::{Column, Entity, Model},
        user,
    },
    mail::delivery::GIVE_UP_AFTER,
};

/// An address whose mail is not written yet. It waits as long as the mail is tried.
pub(super) fn unwritten(now: Timestamp, user: UserId, email: &Email) -> Model {
    Model {
        user_id: user,
        email: email.as_str().to_owned(),
        email_key: email.key(),
        link_hash: None,
        code_hash: None,
        tries_left: 0,
        asked_at: now.utc(),
        expires_at: now.utc() + GIVE_UP_AFTER,
        refused_at: None,
    }
}

/// The address that a user is to verify; `Ok(None)` if there is none or it has expired.
pub(super) async fn find(
    ctx: &Context,
    db: &impl ConnectionTrait,
    user: UserId,
) -> Result<Option<Model>> {
    let found = Entity::find_by_id(user).filter(Column::ExpiresAt.gt(ctx.now().utc()));
    Ok(found.one(db).await?)
}

/// Stores the address that a user is to verify, in place of the one before.
pub(super) async fn store(db: &impl ConnectionTrait, row: Model) -> Result<()> {
    let replace = OnConflict::column(Column::UserId)
        .update_columns([
            Column::Email,
            Column::EmailKey,
            Column::LinkHash,
            Column::CodeHash,
            Column::TriesLeft,
            Column::AskedAt,
            Column::ExpiresAt,
            Column::RefusedAt,
        ])
        .to_owned();
    let insert = Entity::insert(row.into_active_model()).on_conflict(replace);
    insert.exec_without_returning(db).await?;
    Ok(())
}

/// Removes the address that an account was to verify.
pub(in crate::accounts) async fn remove(db: &impl ConnectionTrait, user: UserId) -> Result<()> {
    Entity::delete_by_id(user).exec(db).await?;
    Ok(())
}

/// Removes another address than that of the account, which was to replace it.
pub(in crate::accounts) async fn remove_change(
    db: &impl ConnectionTrait,
    user: &user::Model,
) -> Result<()> {
    Entity::delete_by_id(user.id).filter(Column::EmailKey.ne(&user.email_key)).exec(db).await?;
    Ok(())
}
