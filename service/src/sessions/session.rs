//! The session of one request.

use std::{fmt, sync::Arc, time::Duration};

use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::sync::Mutex;
use tower_sessions::Expiry;

use super::{
    Holder,
    contents::Contents,
    lifetime,
    store::{CONTENTS, Change, Kind, Store},
};
use crate::{Error, Result, accounts::Account};

/// The session of one request: read when it is first asked for, and written once, when
/// tower-sessions saves it. Cheap to clone.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    session: tower_sessions::Session,
    store: Store,
    /// Held from reading the contents until they are put back: parts of one page look into them at
    /// the same time.
    turn: Mutex<()>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    /// The session that tower-sessions has for the request, which lies in this store.
    pub fn new(session: tower_sessions::Session, store: Store) -> Self {
        Self(Arc::new(Inner { session, store, turn: Mutex::default() }))
    }

    /// Whose session it is, if it is a user's.
    ///
    /// # Errors
    /// Like everything here: when the database fails.
    pub async fn holder(&self) -> Result<Option<Holder>> {
        let _turn = self.0.turn.lock().await;
        Ok(self.contents().await?.holder().cloned())
    }

    /// Begins a session of a user who has just shown their password. Nothing of the session before
    /// is in it, which somebody else may have planted in the browser.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_in(&self, account: &Account) -> Result<()> {
        let _turn = self.0.turn.lock().await;
        // So the session before is not read.
        self.0.session.clear().await;
        self.follow(Kind::Fresh).await?;
        self.set(Contents::of(self.holder_now(account)), Change::Required).await
    }

    /// Goes on with a user's session under a new id after they have changed their password. If it
    /// was ended meanwhile it stays ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_credentials(&self, account: &Account) -> Result<()> {
        let _turn = self.0.turn.lock().await;
        let mut contents = self.contents().await?;
        contents.set_holder(self.holder_now(account));
        self.follow(Kind::Renewed).await?;
        self.set(contents, Change::Required).await
    }

    /// Ends the session at once, with everything in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_out(&self) -> Result<()> {
        let _turn = self.0.turn.lock().await;
        self.0.store.abandon().await?;
        if self.0.session.id().is_some() {
            self.0.session.flush().await.map_err(|error| self.failed(error))
        } else {
            self.0.session.clear().await;
            Ok(())
        }
    }

    /// Has a value that is worth something to others wait under `key`. The session gets a new id
    /// before, and keeps nothing of a visitor's: somebody else may have planted the old one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_secret(&self, key: &str, value: impl Serialize) -> Result<()> {
        let _turn = self.0.turn.lock().await;
        let mut contents = self.contents().await?;
        if contents.holder().is_some() {
            self.follow(Kind::Renewed).await?;
        } else {
            contents = Contents::default();
            self.follow(Kind::Fresh).await?;
        }
        contents.put(key, json(value));
        self.set(contents, Change::Required).await
    }

    /// Has a value wait under `key`. `Ok(false)` when it is too large to be stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put(&self, key: &str, value: impl Serialize) -> Result<bool> {
        self.put_as(Change::Required, key, json(value)).await
    }

    /// The same for a value that the request does not depend on: it is lost if the session cannot
    /// be written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_optional(&self, key: &str, value: impl Serialize) -> Result<bool> {
        self.put_as(Change::Optional, key, json(value)).await
    }

    async fn put_as(&self, change: Change, key: &str, value: Value) -> Result<bool> {
        let _turn = self.0.turn.lock().await;
        let mut contents = self.contents().await?;
        let is_put = contents.put(key, value);
        self.set(contents, change).await?;
        Ok(is_put)
    }

    /// What waits under `key`; nothing when it has another form.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let _turn = self.0.turn.lock().await;
        let contents = self.contents().await?;
        let value = contents.get(key).cloned();
        Ok(value.and_then(|value| serde_json::from_value(value).ok()))
    }

    /// The same, handed out once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let _turn = self.0.turn.lock().await;
        let mut contents = self.contents().await?;
        let Some(value) = contents.take(key) else { return Ok(None) };
        self.set(contents, Change::Optional).await?;
        Ok(serde_json::from_value(value).ok())
    }

    /// What the session holds, with what was changed since it was read. A session that is due is
    /// renewed by being looked at.
    async fn contents(&self) -> Result<Contents> {
        let found = self.0.session.get(CONTENTS).await.map_err(|error| self.failed(error))?;
        let contents: Contents = found.unwrap_or_default();
        if self.0.store.take_due() {
            self.renew(&contents, Change::Optional);
        }
        Ok(contents)
    }

    /// Puts the contents back, for tower-sessions to save them at the end of the request.
    async fn set(&self, contents: Contents, change: Change) -> Result<()> {
        self.renew(&contents, change);
        self.0.session.insert(CONTENTS, contents).await.map_err(|error| self.failed(error))
    }

    /// Has the session saved, and the cookie live as long as it. When it ends is for the store to
    /// say, by its own clock.
    fn renew(&self, contents: &Contents, change: Change) {
        self.0.store.change(change);
        let now = self.0.store.ctx().now();
        let life = lifetime::expiry(now, contents.holder()).utc() - now.utc();
        let life = life.to_std().unwrap_or(Duration::ZERO);
        let life = life.try_into().unwrap_or_default();
        self.0.session.set_expiry(Some(Expiry::OnInactivity(life)));
    }

    /// Has the session written under a new id. The store leaves the row where it is until then.
    async fn follow(&self, kind: Kind) -> Result<()> {
        self.0.store.follow(kind, self.0.session.id());
        self.0.session.cycle_id().await.map_err(|error| self.failed(error))
    }

    fn holder_now(&self, account: &Account) -> Holder {
        Holder {
            user: account.user.id,
            credentials: account.credentials,
            logged_in_at: self.0.store.ctx().now(),
        }
    }

    /// The failure of the store, where tower-sessions has only a text for it.
    fn failed(&self, error: tower_sessions::session::Error) -> Error {
        self.0.store.take_error().unwrap_or_else(|| Error::Corrupt(error.to_string()))
    }
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).expect("what waits in a session is plain JSON")
}
