//! A new token on its way to the next page.

use domain::{ErrorCode, PersonalToken, PublicError};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::TokenSecret;
use crate::{
    Actor, Context, Result, entity::personal_token, infrastructure::secrets, sessions::Session,
};

/// What a session stores from the form that creates a token to the page that shows it, without
/// JavaScript. It is no secret: the text of the token is derived from it and the id of the session,
/// which only the cookie of the browser has.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Handover(String);

impl Handover {
    /// A secret for a new token that a later request of the same session can show.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthorized`] without a session.
    pub fn begin(session: &Session) -> Result<(Self, TokenSecret)> {
        let handover = Self(secrets::new_secret());
        let secret = handover.secret(session);
        let secret =
            secret.ok_or_else(|| PublicError::new(ErrorCode::Unauthorized, "Unauthorized"));
        Ok((handover, secret?))
    }

    /// The token and its secret. `Ok(None)` if it was revoked or the session has another id now.
    ///
    /// # Errors
    /// Unauthorized; [`ErrorCode::Forbidden`] for a personal access token.
    pub async fn finish(
        self,
        ctx: &Context,
        actor: &Actor,
        session: &Session,
    ) -> Result<Option<(PersonalToken, TokenSecret)>> {
        let user = actor.owner()?.id;
        let Some(secret) = self.secret(session) else { return Ok(None) };
        let row = personal_token::Entity::find()
            .filter(personal_token::Column::Hash.eq(secret.hash()))
            .filter(personal_token::Column::UserId.eq(user))
            .one(ctx.db.connection())
            .await?;
        Ok(row.map(|row| (row.into_view(), secret)))
    }

    fn secret(&self, session: &Session) -> Option<TokenSecret> {
        session.derive_secret(&self.0).map(|random| TokenSecret::of(&random))
    }
}
