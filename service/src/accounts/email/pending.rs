//! The address that an account is to prove.

use domain::{Email, Timestamp, UserId};
use sea_orm::{ConnectionTrait, EntityTrait, IntoActiveModel, sea_query::OnConflict};

use super::{AT_MOST_EVERY, LIFETIME, SendEmailProof};
use crate::{
    Result,
    entity::email_proof::{Column, Entity, Model},
    infrastructure::secrets,
    jobs::NewJob,
};

/// An address whose mail is not written yet.
pub(super) fn unwritten(now: Timestamp, user: UserId, email: &Email) -> Model {
    Model {
        user_id: user,
        email: email.as_str().to_owned(),
        email_key: email.key(),
        link_hash: None,
        code_hash: None,
        tries_left: 0,
        expires_at: now.utc() + LIFETIME,
    }
}

/// Stores the address that a user is to prove, in place of the one before.
pub(super) async fn store(db: &impl ConnectionTrait, row: Model) -> Result<()> {
    let replace = OnConflict::column(Column::UserId)
        .update_columns([
            Column::Email,
            Column::EmailKey,
            Column::LinkHash,
            Column::CodeHash,
            Column::TriesLeft,
            Column::ExpiresAt,
        ])
        .to_owned();
    let insert = Entity::insert(row.into_active_model()).on_conflict(replace);
    insert.exec_without_returning(db).await?;
    Ok(())
}

/// The job that sends the mail. A second one for the address within the same minute has its key.
pub(super) fn job(now: Timestamp, user: UserId, email: &Email) -> NewJob {
    let minute = now.utc().timestamp() / AT_MOST_EVERY;
    let address = secrets::hash(&email.key());
    let key = format!("send_email_proof:{user}:{address}:{minute}");
    let job = SendEmailProof { user_id: user, email: email.as_str().to_owned() };
    NewJob::from(job).with_key(key)
}

/// Forgets the address that a deleted account was to prove.
pub(in crate::accounts) async fn forget(db: &impl ConnectionTrait, user: UserId) -> Result<()> {
    Entity::delete_by_id(user).exec(db).await?;
    Ok(())
}
