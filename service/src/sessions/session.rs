//! The session of one request.

use std::{fmt, sync::Arc, time::Duration};

use domain::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::sync::Mutex;
use tower_sessions::Expiry;

use super::{
    Holder,
    contents::Contents,
    id::hash,
    lifetime,
    store::{CONTENTS, NewId, PendingWrite, Store},
};
use crate::{Error, Result, accounts::Account, infrastructure::secrets, zones};

/// The session of one request: read on the first access, and written once, when tower-sessions
/// saves it. Cheap to clone.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    session: tower_sessions::Session,
    store: Store,
    /// Held from reading the contents until they are put back, because parts of a page access them
    /// concurrently.
    access: Mutex<()>,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    /// Wraps the session that tower-sessions has for the request, with the store behind it.
    pub fn new(session: tower_sessions::Session, store: Store) -> Self {
        Self(Arc::new(Inner { session, store, access: Mutex::default() }))
    }

    /// The user of the session; `Ok(None)` for a visitor.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn holder(&self) -> Result<Option<Holder>> {
        let _access = self.0.access.lock().await;
        Ok(self.contents().await?.holder().cloned())
    }

    /// Starts the session of a user who has just entered the password. It has nothing of the
    /// previous session, which an attacker may have planted in the browser. `time_zone` is the one
    /// that the browser reports, for the list of sessions; a name that is unknown counts as none.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_in(&self, account: &Account, time_zone: &str) -> Result<()> {
        let _access = self.0.access.lock().await;
        // The previous session is not read.
        self.0.session.clear().await;
        self.follow(NewId::OfNewSession).await?;
        let holder = Holder {
            user: account.user.id,
            credentials: account.credentials,
            logged_in_at: self.0.store.ctx().now(),
            time_zone: zones::find_text(time_zone).map(|zone| zone.as_str().to_owned()),
        };
        self.set(Contents::of(holder), PendingWrite::Required).await
    }

    /// Gives the session of a user a new id after they have changed their password. A session that
    /// has ended meanwhile stays ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_credentials(&self, account: &Account) -> Result<()> {
        self.replace_credentials(account, Some(self.0.store.ctx().now())).await
    }

    /// The same after they have ended their other sessions, for which they enter no password: the
    /// session does not live longer for it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn outlive_others(&self, account: &Account) -> Result<()> {
        self.replace_credentials(account, None).await
    }

    async fn replace_credentials(
        &self,
        account: &Account,
        entered_at: Option<Timestamp>,
    ) -> Result<()> {
        let _access = self.0.access.lock().await;
        let mut contents = self.contents().await?;
        let Some(holder) = contents.holder().cloned() else { return Ok(()) };
        contents.set_holder(Holder {
            credentials: account.credentials,
            logged_in_at: entered_at.unwrap_or(holder.logged_in_at),
            ..holder
        });
        self.follow(NewId::OfSameSession).await?;
        self.set(contents, PendingWrite::Required).await
    }

    /// The hash of the session's id, under which it is stored; `None` for a new session.
    pub(super) fn stored_id(&self) -> Option<String> {
        self.0.session.id().as_ref().map(hash)
    }

    /// Ends the session at once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_out(&self) -> Result<()> {
        let _access = self.0.access.lock().await;
        self.0.store.abandon().await?;
        if self.0.session.id().is_some() {
            self.0.session.flush().await.map_err(|error| self.failed(error))
        } else {
            self.0.session.clear().await;
            Ok(())
        }
    }

    /// Stores a secret under `key`. The session gets a new id first, and a visitor's loses its
    /// other values: an attacker may have planted it in the browser.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_secret(&self, key: &str, value: impl Serialize) -> Result<()> {
        let _access = self.0.access.lock().await;
        let mut contents = self.contents().await?;
        if contents.holder().is_some() {
            self.follow(NewId::OfSameSession).await?;
        } else {
            contents = Contents::default();
            self.follow(NewId::OfNewSession).await?;
        }
        contents.put(key, json(value));
        self.set(contents, PendingWrite::Required).await
    }

    /// A secret of 64 hexadecimal digits that `salt` and the id of the session determine. The id is
    /// in the cookie only, so the salt can be stored in the session and reveals nothing to a reader
    /// of the storage. `None` for a session that has no id yet, or gets another one.
    pub(crate) fn derive_secret(&self, salt: &str) -> Option<String> {
        let id = self.0.session.id()?;
        Some(secrets::derive(&id.to_string(), salt))
    }

    /// Stores a value under `key`. `Ok(false)` if it is too large.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put(&self, key: &str, value: impl Serialize) -> Result<bool> {
        self.put_as(PendingWrite::Required, key, json(value)).await
    }

    /// The same, but the request succeeds without the value if the session cannot be written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_optional(&self, key: &str, value: impl Serialize) -> Result<bool> {
        self.put_as(PendingWrite::Optional, key, json(value)).await
    }

    async fn put_as(&self, write: PendingWrite, key: &str, value: Value) -> Result<bool> {
        let _access = self.0.access.lock().await;
        let mut contents = self.contents().await?;
        let is_put = contents.put(key, value);
        self.set(contents, write).await?;
        Ok(is_put)
    }

    /// The value under `key`; `Ok(None)` if there is none of this type.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let _access = self.0.access.lock().await;
        let contents = self.contents().await?;
        let value = contents.get(key).cloned();
        Ok(value.and_then(|value| serde_json::from_value(value).ok()))
    }

    /// Removes and returns the value under `key`; `Ok(None)` if there is none of this type.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let _access = self.0.access.lock().await;
        let mut contents = self.contents().await?;
        let Some(value) = contents.take(key) else { return Ok(None) };
        self.set(contents, PendingWrite::Optional).await?;
        Ok(serde_json::from_value(value).ok())
    }

    /// The contents, with the changes of this request. Renews a session that is due.
    async fn contents(&self) -> Result<Contents> {
        let found = self.0.session.get(CONTENTS).await.map_err(|error| self.failed(error))?;
        let contents: Contents = found.unwrap_or_default();
        if self.0.store.take_due() {
            self.renew(&contents, PendingWrite::Optional);
        }
        Ok(contents)
    }

    /// Puts the contents back, for tower-sessions to save them at the end of the request.
    async fn set(&self, contents: Contents, write: PendingWrite) -> Result<()> {
        self.renew(&contents, write);
        self.0.session.insert(CONTENTS, contents).await.map_err(|error| self.failed(error))
    }

    /// Requests a write, and sets the lifetime of the cookie to that of the session. The store sets
    /// the expiry of the session, by its own clock.
    fn renew(&self, contents: &Contents, write: PendingWrite) {
        self.0.store.request_write(write);
        let now = self.0.store.ctx().now();
        let life = lifetime::expiry(now, contents.holder()).utc() - now.utc();
        let life = life.to_std().unwrap_or(Duration::ZERO);
        let life = life.try_into().unwrap_or_default();
        self.0.session.set_expiry(Some(Expiry::OnInactivity(life)));
    }

    /// Requests a write under a new id. The store keeps the old row until then.
    async fn follow(&self, new_id: NewId) -> Result<()> {
        self.0.store.follow(new_id, self.0.session.id());
        self.0.session.cycle_id().await.map_err(|error| self.failed(error))
    }

    /// The error of the store: tower-sessions passes on its text only.
    fn failed(&self, error: tower_sessions::session::Error) -> Error {
        self.0.store.take_error().unwrap_or_else(|| Error::Corrupt(error.to_string()))
    }
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).expect("values of a session are plain JSON")
}
