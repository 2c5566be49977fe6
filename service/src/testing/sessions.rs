//! Reading the stored sessions without the use cases.

use std::{ops::Deref, sync::Arc, time::Duration};

use domain::Timestamp;
use redis::cmd;
use sea_orm::EntityTrait;
use tower_sessions::Expiry;

use super::World;
use crate::{
    Context, Result,
    entity::session,
    sessions::{Cookie, Session, SessionId, Store},
};

/// The session of a request, written as `SessionManagerLayer` writes it.
#[derive(Debug)]
pub struct RequestSession {
    layers: tower_sessions::Session,
    session: Session,
    store: Store,
}

/// The change of the browser's cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CookieChange {
    /// It stays as it is.
    Keep,
    /// It holds this id for so long.
    Set(SessionId, Duration),
    /// It goes.
    Remove,
}

impl RequestSession {
    /// The session of a request whose cookie holds `id`.
    pub fn new(ctx: Context, id: Option<SessionId>) -> Self {
        Self::of_browser(ctx, id, None)
    }

    /// The same for a browser that names itself.
    pub fn of_browser(ctx: Context, id: Option<SessionId>, user_agent: Option<&str>) -> Self {
        let store = Store::new(ctx, user_agent.map(str::to_owned));
        let layers = tower_sessions::Session::new(id, Arc::new(store.clone()), None);
        let session = Session::new(layers.clone(), store.clone());
        Self { layers, session, store }
    }

    /// Ends the request, which has not failed.
    ///
    /// # Errors
    /// When the database fails and the request depends on the write.
    ///
    /// # Panics
    /// When tower-sessions fails for a reason of its own.
    pub async fn commit(&self) -> Result<CookieChange> {
        if self.layers.is_modified() && !self.layers.is_empty().await {
            let saved = self.layers.save().await;
            if let Err(error) = saved {
                return Err(self.store.take_error().unwrap_or_else(|| panic!("{error}")));
            }
        }
        Ok(match (self.store.cookie(), self.layers.id(), self.layers.expiry()) {
            (Cookie::Keep, _, _) => CookieChange::Keep,
            (Cookie::Remove, _, _) => CookieChange::Remove,
            (Cookie::Set, Some(id), Some(Expiry::OnInactivity(life))) => {
                CookieChange::Set(id, life.try_into().expect("a time to come"))
            }
            (Cookie::Set, id, expiry) => panic!("{id:?} {expiry:?}"),
        })
    }
}

impl Deref for RequestSession {
    type Target = Session;

    fn deref(&self) -> &Session {
        &self.session
    }
}

/// A row of the table of sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// The hash of the session's id.
    pub id: String,
    /// Its contents.
    pub data: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl World {
    /// Every session that is stored, ended or not.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn stored_sessions(&self) -> Vec<StoredSession> {
        let rows = session::Entity::find().all(self.ctx.db.connection()).await.expect("sessions");
        let stored = |row: session::Model| StoredSession {
            id: row.id,
            data: row.data,
            expires_at: row.expires_at.into(),
        };
        rows.into_iter().map(stored).collect()
    }

    /// The keys of sessions in Redis; none without Redis.
    ///
    /// # Panics
    /// When Redis does not answer.
    pub async fn session_keys(&self) -> Vec<String> {
        match self.ctx.redis() {
            Some(_) => self.keys("session*").await,
            None => Vec::new(),
        }
    }

    /// The sessions that are cached in Redis, each as its key and what stands there; none without
    /// Redis.
    ///
    /// # Panics
    /// When Redis does not answer.
    pub async fn cached_sessions(&self) -> Vec<(String, String)> {
        let mut cached = Vec::new();
        if self.ctx.redis().is_none() {
            return cached;
        }
        for key in self.keys("session:*").await {
            let value = self.ask(cmd("GET").arg(&key)).await;
            cached.push((key, value));
        }
        cached
    }

    /// Writes to a key of Redis, as another process would.
    ///
    /// # Panics
    /// When Redis does not answer.
    pub async fn cache(&self, key: &str, value: &str) {
        self.ask::<()>(cmd("SET").arg(key).arg(value)).await;
    }
}
