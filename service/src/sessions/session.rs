//! The session of one request.

use std::{fmt, sync::Arc, time::Duration};

use domain::Timestamp;
use serde::{Serialize, de::DeserializeOwned};
use serde_json::Value;
use tokio::sync::Mutex;

use super::{
    Holder, SessionId,
    cache::{self, Lookup},
    contents::Contents,
    lifetime, rows,
};
use crate::{Context, Result, accounts::Account};

/// The session of one request: read when it is first asked for, and written once, by [`Session::commit`]. Cheap to clone.
#[derive(Clone)]
pub struct Session(Arc<Inner>);

struct Inner {
    ctx: Context,
    state: Mutex<State>,
}

/// What the browser's cookie must become.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CookieChange {
    /// It stays as it is.
    Keep,
    /// It holds this id for so long.
    Set(SessionId, Duration),
    /// It goes.
    Remove,
}

/// What is to be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Change {
    /// Nothing.
    None,
    /// Something that the request does not depend on: a message that was shown, a renewal.
    Optional,
    /// Something without which the request has failed.
    Required,
}

/// Which id the session gets when it is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Identity {
    /// The one it has.
    Same,
    /// A new one, if it has not ended meanwhile.
    Renewed,
    /// It is a new session, and the one before it ends.
    Fresh,
}

struct State {
    /// The session that the browser has, until it turns out that there is none.
    id: Option<SessionId>,
    is_loaded: bool,
    contents: Contents,
    identity: Identity,
    change: Change,
    /// Whether the session that the browser has was ended by this request.
    has_ended: bool,
}

impl fmt::Debug for Session {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Session").finish_non_exhaustive()
    }
}

impl Session {
    /// The session of a request whose cookie holds `id`.
    pub fn new(ctx: Context, id: Option<SessionId>) -> Self {
        let state = State {
            id,
            is_loaded: false,
            contents: Contents::default(),
            identity: Identity::Same,
            change: Change::None,
            has_ended: false,
        };
        Self(Arc::new(Inner { ctx, state: Mutex::new(state) }))
    }

    /// Whose session it is, if it is a user's.
    ///
    /// # Errors
    /// Like everything here: when the database fails.
    pub async fn holder(&self) -> Result<Option<Holder>> {
        Ok(self.state().await?.contents.holder().cloned())
    }

    /// Begins a session of a user who has just shown their password. Nothing of the session before is in it, which
    /// somebody else may have planted in the browser.
    pub async fn log_in(&self, account: &Account) {
        let mut state = self.0.state.lock().await;
        state.is_loaded = true;
        state.contents = Contents::of(self.holder_now(account));
        (state.identity, state.change) = (Identity::Fresh, Change::Required);
    }

    /// Goes on with a user's session under a new id after they have changed their password. If it was ended meanwhile
    /// it stays ended.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn renew_credentials(&self, account: &Account) -> Result<()> {
        let mut state = self.state().await?;
        let holder = self.holder_now(account);
        state.contents.set_holder(holder);
        state.renew_id();
        Ok(())
    }

    /// Ends the session at once, with everything in it.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn log_out(&self) -> Result<()> {
        let mut state = self.0.state.lock().await;
        if let Some(id) = state.id.take() {
            self.end(&id).await?;
            state.has_ended = true;
        }
        state.is_loaded = true;
        state.contents = Contents::default();
        (state.identity, state.change) = (Identity::Same, Change::None);
        Ok(())
    }

    /// Has a value that is worth something to others wait under `key`. The session gets a new id before, and keeps
    /// nothing of a visitor's: somebody else may have planted the old one.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_secret(&self, key: &str, value: impl Serialize) -> Result<()> {
        let mut state = self.state().await?;
        if state.contents.holder().is_some() {
            state.renew_id();
        } else {
            state.contents = Contents::default();
            (state.identity, state.change) = (Identity::Fresh, Change::Required);
        }
        state.contents.put(key, json(value));
        Ok(())
    }

    /// Has a value wait under `key`. `Ok(false)` when it is too large to be stored.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put(&self, key: &str, value: impl Serialize) -> Result<bool> {
        let mut state = self.state().await?;
        state.change = Change::Required;
        Ok(state.contents.put(key, json(value)))
    }

    /// The same for a value that the request does not depend on: it is lost if the session cannot be written.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn put_optional(&self, key: &str, value: impl Serialize) -> Result<bool> {
        let mut state = self.state().await?;
        state.change = state.change.max(Change::Optional);
        Ok(state.contents.put(key, json(value)))
    }

    /// What waits under `key`; nothing when it has another form.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn get<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let state = self.state().await?;
        let value = state.contents.get(key).cloned();
        Ok(value.and_then(|value| serde_json::from_value(value).ok()))
    }

    /// The same, handed out once.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn take<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>> {
        let mut state = self.state().await?;
        let Some(value) = state.contents.take(key) else { return Ok(None) };
        state.change = state.change.max(Change::Optional);
        Ok(serde_json::from_value(value).ok())
    }

    /// Writes what has changed. To be called once the request has succeeded or was refused, and not after a failure.
    ///
    /// # Errors
    /// When the database fails, and the request depends on what was to be written.
    pub async fn commit(&self) -> Result<CookieChange> {
        let mut state = self.0.state.lock().await;
        if state.change == Change::None {
            return Ok(if state.has_ended { CookieChange::Remove } else { CookieChange::Keep });
        }
        let change = state.change;
        match self.write(&mut state).await {
            Err(error) if change == Change::Optional => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a session could not be written"
                );
                Ok(CookieChange::Keep)
            }
            outcome => outcome,
        }
    }

    async fn write(&self, state: &mut State) -> Result<CookieChange> {
        let ctx = &self.0.ctx;
        let now = ctx.now();
        let expires_at = lifetime::expiry(now, state.contents.holder());
        let previous = state.id.take();
        let written = match (previous, state.identity) {
            (Some(id), Identity::Same) => {
                let is_alive = rows::update(ctx, &id, None, &state.contents, expires_at).await?;
                if !is_alive {
                    cache::end(ctx, &id).await;
                }
                is_alive.then_some(id)
            }
            (Some(id), Identity::Renewed) => {
                let next = SessionId::random();
                let next_id = Some(&next);
                let is_alive = rows::update(ctx, &id, next_id, &state.contents, expires_at).await?;
                cache::end(ctx, &id).await;
                is_alive.then_some(next)
            }
            (None, Identity::Renewed) => None,
            (previous, Identity::Fresh) => {
                let next = SessionId::random();
                rows::create(ctx, &next, &state.contents, expires_at).await?;
                if let Some(previous) = previous {
                    self.end(&previous).await?;
                }
                Some(next)
            }
            (None, Identity::Same) if state.contents.is_empty() => None,
            (None, Identity::Same) => {
                let next = SessionId::random();
                rows::create(ctx, &next, &state.contents, expires_at).await?;
                Some(next)
            }
        };
        (state.identity, state.change) = (Identity::Same, Change::None);
        // The cookie of a session that ended meanwhile is left alone: another answer may have replaced it.
        let Some(id) = written else { return Ok(CookieChange::Keep) };
        cache::store(ctx, &id, &state.contents, expires_at).await;
        state.id = Some(id.clone());
        Ok(CookieChange::Set(id, until(now, expires_at)))
    }

    async fn end(&self, id: &SessionId) -> Result<()> {
        rows::delete(&self.0.ctx, id).await?;
        cache::end(&self.0.ctx, id).await;
        Ok(())
    }

    fn holder_now(&self, account: &Account) -> Holder {
        Holder {
            user: account.user.id,
            credentials: account.credentials,
            logged_in_at: self.0.ctx.now(),
        }
    }

    /// The session as it was read, with what was changed since.
    async fn state(&self) -> Result<tokio::sync::MutexGuard<'_, State>> {
        let mut state = self.0.state.lock().await;
        if !state.is_loaded {
            if let Some(id) = &state.id {
                match load(&self.0.ctx, id).await? {
                    Some((contents, expires_at)) => state.found(&self.0.ctx, contents, expires_at),
                    None => state.id = None,
                }
            }
            state.is_loaded = true;
        }
        Ok(state)
    }
}

impl State {
    fn found(&mut self, ctx: &Context, contents: Contents, expires_at: Timestamp) {
        if lifetime::is_due(ctx.now(), expires_at, contents.holder()) {
            self.change = Change::Optional;
        }
        self.contents = contents;
    }

    fn renew_id(&mut self) {
        if self.identity == Identity::Same {
            self.identity = Identity::Renewed;
        }
        self.change = Change::Required;
    }
}

async fn load(ctx: &Context, id: &SessionId) -> Result<Option<(Contents, Timestamp)>> {
    match cache::load(ctx, id).await {
        Lookup::Found(contents, expires_at) => return Ok(Some((contents, expires_at))),
        Lookup::Ended => return Ok(None),
        Lookup::Unknown => {}
    }
    let found = rows::load(ctx, id).await?;
    if let Some((contents, expires_at)) = &found {
        cache::fill(ctx, id, contents, *expires_at).await;
    }
    Ok(found)
}

fn json(value: impl Serialize) -> Value {
    serde_json::to_value(value).expect("what waits in a session is plain JSON")
}

fn until(now: Timestamp, later: Timestamp) -> Duration {
    (later.utc() - now.utc()).to_std().unwrap_or_default()
}
