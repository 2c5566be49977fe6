//! Personal access tokens: credentials of scripts and integrations, which their owners create and
//! revoke.
//!
//! A token is shown once, when it is created; the database holds its SHA-256. It is looked up at
//! every request, so that revoking one takes effect at once in every process. A new password
//! revokes all of them, by the version of the credentials as for sessions.

mod create;
mod handover;
mod last_use;
mod recognize;
mod revoke;
mod secret;

pub(crate) use create::mail_examples;

use domain::PersonalToken;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder};

pub(crate) use self::recognize::PersonalTokens;
pub use self::{
    create::create,
    handover::Handover,
    recognize::recognize,
    revoke::{get, revoke},
    secret::{TokenSecret, is_personal},
};
use crate::{Actor, Context, Result, entity::personal_token};

/// Tokens of a user, at most; those that have expired count until they are deleted.
const MAX_TOKENS: usize = 20;

/// The actor's tokens, newest first.
///
/// # Errors
/// Unauthorized; [`domain::ErrorCode::Forbidden`] for a personal access token.
pub async fn list(ctx: &Context, actor: &Actor) -> Result<Vec<PersonalToken>> {
    let user = actor.owner()?.id;
    let own = personal_token::Entity::find()
        .filter(personal_token::Column::UserId.eq(user))
        .order_by_desc(personal_token::Column::CreatedAt)
        .order_by_desc(personal_token::Column::Id);
    let rows = own.all(ctx.db.connection()).await?;
    Ok(rows.into_iter().map(personal_token::Model::into_view).collect())
}
