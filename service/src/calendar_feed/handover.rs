//! A new key on its way to the next page.

use domain::{CalendarFeed, ErrorCode, PublicError};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde::{Deserialize, Serialize};

use super::FeedKey;
use crate::{
    Actor, Context, Result, entity::calendar_feed, infrastructure::secrets, sessions::Session,
};

/// What a session stores from the form that makes a key to the page that shows its address, without
/// JavaScript. It is no secret: the key is derived from it and the id of the session, which only
/// the cookie of the browser has.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Handover(String);

impl Handover {
    /// A new key that a later request of the same session can show.
    ///
    /// # Errors
    /// [`ErrorCode::Unauthorized`] without a session.
    pub fn begin(session: &Session) -> Result<(Self, FeedKey)> {
        let handover = Self(secrets::new_secret());
        let key = handover.key(session);
        let key = key.ok_or_else(|| PublicError::new(ErrorCode::Unauthorized, "Unauthorized"));
        Ok((handover, key?))
    }

    /// The feed and its key. `Ok(None)` if it was renewed or removed, or the session has another id
    /// now.
    ///
    /// # Errors
    /// Unauthorized; [`ErrorCode::Forbidden`] for a personal access token.
    pub async fn finish(
        self,
        ctx: &Context,
        actor: &Actor,
        session: &Session,
    ) -> Result<Option<(CalendarFeed, FeedKey)>> {
        let owner = actor.owner()?.id;
        let Some(key) = self.key(session) else { return Ok(None) };
        let row = calendar_feed::Entity::find_by_id(owner)
            .filter(calendar_feed::Column::Hash.eq(key.hash()))
            .one(ctx.db.connection())
            .await?;
        Ok(row.map(|row| (row.into_view(), key)))
    }

    fn key(&self, session: &Session) -> Option<FeedKey> {
        session.derive_secret(&self.0).map(|random| FeedKey::of(&random))
    }
}
