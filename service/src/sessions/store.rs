//! The store behind tower-sessions: the table, and the cache in Redis in front of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use tower_sessions::{
    SessionStore,
    cookie::time::OffsetDateTime,
    session::{Id, Record},
    session_store::{self, Error as StoreError},
};

use super::{
    browser,
    cache::{self, CachedSession},
    contents::{Contents, Stored},
    lifetime, rows,
};
use crate::{Context, Error, Result};

/// The key of the contents in a record of tower-sessions.
pub(super) const CONTENTS: &str = "contents";

/// The store for one request. It tracks two things that tower-sessions does not: the writes that
/// the request requires, and the change of the cookie. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    ctx: Context,
    /// The `User-Agent` of the request.
    user_agent: Option<String>,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    write: PendingWrite,
    /// How the session gets a new id, if it is written under a new one.
    succession: Option<Succession>,
    /// Whether the session that was found is to be renewed.
    is_due: bool,
    cookie: Cookie,
    /// Errors of which tower-sessions passes on the text only.
    errors: Vec<Error>,
}

/// Whether the session is written at the end of the request.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum PendingWrite {
    #[default]
    None,
    /// The request succeeds even if the write fails: a message was shown, or the session renewed.
    Optional,
    /// The request fails if the write fails.
    Required,
}

/// A new id that takes the place of the previous one.
#[derive(Clone, Copy, Debug)]
struct Succession {
    new_id: NewId,
    previous: Option<Id>,
}

/// Which session gets the new id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NewId {
    /// The previous session, unless it has ended.
    OfSameSession,
    /// A new session; the previous one ends.
    OfNewSession,
}

/// What happens to the browser's cookie.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cookie {
    /// It stays as it is.
    #[default]
    Keep,
    /// It holds the id of the session, for as long as the session lives.
    Set,
    /// It is removed.
    Remove,
}

impl Store {
    /// The store for one request, whose browser names itself in `user_agent`.
    pub fn new(ctx: Context, user_agent: Option<String>) -> Self {
        Self(Arc::new(Inner { ctx, user_agent, state: Mutex::default() }))
    }

    /// What happens to the browser's cookie, once the session was written. tower-sessions would
    /// remove or set the cookie of a session that has ended meanwhile, although another response
    /// may have replaced it.
    pub fn cookie(&self) -> Cookie {
        self.state().cookie
    }

    /// The error behind a failure that tower-sessions reports.
    pub fn take_error(&self) -> Option<Error> {
        self.state().errors.pop()
    }

    pub(super) fn ctx(&self) -> &Context {
        &self.0.ctx
    }

    /// Requests that the session is written at the end of the request.
    pub(super) fn request_write(&self, write: PendingWrite) {
        let mut state = self.state();
        state.write = state.write.max(write);
    }

    /// Requests that the session is written under a new id in place of `previous`.
    pub(super) fn follow(&self, new_id: NewId, previous: Option<Id>) {
        let mut state = self.state();
        let succession = match state.succession.take() {
            None => Succession { new_id, previous },
            Some(before) if new_id == NewId::OfNewSession => Succession { new_id, ..before },
            Some(before) => before,
        };
        state.succession = Some(succession);
    }

    /// Whether the session is to be renewed; `true` once.
    pub(super) fn take_due(&self) -> bool {
        std::mem::take(&mut self.state().is_due)
    }

    /// Cancels the requested writes, and ends the session that was to get a new id.
    pub(super) async fn abandon(&self) -> Result<()> {
        let previous = {
            let mut state = self.state();
            state.write = PendingWrite::None;
            state.succession.take().and_then(|succession| succession.previous)
        };
        match previous {
            Some(id) => self.log_out(&id).await,
            None => Ok(()),
        }
    }

    async fn log_out(&self, id: &Id) -> Result<()> {
        self.end(id).await?;
        self.state().cookie = Cookie::Remove;
        Ok(())
    }

    async fn end(&self, id: &Id) -> Result<()> {
        rows::delete(&self.0.ctx, id).await?;
        cache::end(&self.0.ctx, id).await;
        Ok(())
    }

    /// Writes the contents under `current`, or under a new id if that is `None`. Returns the id;
    /// `None` if the session has ended, or is empty and new.
    async fn write(&self, current: Option<&Id>, contents: &Contents) -> Result<Option<Id>> {
        let ctx = &self.0.ctx;
        let now = ctx.now();
        let stored = Stored {
            contents: contents.clone(),
            expires_at: lifetime::expiry(now, contents.holder()),
            last_used_at: contents.holder().map(|_| now),
        };
        let browser = self.0.user_agent.as_deref().and_then(browser::name);
        let succession = self.state().succession;
        let written = match (current, succession) {
            (Some(id), _) => {
                let is_alive = rows::update(ctx, id, None, &stored, browser).await?;
                if !is_alive {
                    cache::end(ctx, id).await;
                }
                is_alive.then_some(*id)
            }
            (None, Some(Succession { new_id: NewId::OfSameSession, previous })) => {
                let Some(previous) = previous else { return Ok(None) };
                let next = Id::default();
                let next_id = Some(&next);
                let is_alive = rows::update(ctx, &previous, next_id, &stored, browser).await?;
                cache::end(ctx, &previous).await;
                is_alive.then_some(next)
            }
            (None, None) if contents.is_empty() => None,
            (None, succession) => {
                let next = Id::default();
                for ended in rows::create(ctx, &next, &stored, browser).await? {
                    cache::end_hashed(ctx, &ended).await;
                }
                if let Some(previous) = succession.and_then(|succession| succession.previous) {
                    self.end(&previous).await?;
                }
                Some(next)
            }
        };
        if let Some(id) = &written {
            cache::store(ctx, id, &stored).await;
        }
        Ok(written)
    }

    /// Writes the session if a write was requested. An optional write does not fail.
    async fn flush(
        &self,
        current: Option<&Id>,
        record: &Record,
    ) -> session_store::Result<Option<Id>> {
        let write = self.state().write;
        if write == PendingWrite::None {
            return Ok(None);
        }
        let written = match self.write(current, &contents(record)).await {
            Ok(written) => written,
            Err(error) if write == PendingWrite::Optional => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a session could not be written"
                );
                return Ok(None);
            }
            Err(error) => return Err(self.failed(error)),
        };
        let mut state = self.state();
        (state.write, state.succession) = (PendingWrite::None, None);
        if written.is_some() {
            state.cookie = Cookie::Set;
        }
        Ok(written)
    }

    async fn find(&self, id: &Id) -> Result<Option<Stored>> {
        let ctx = &self.0.ctx;
        match cache::load(ctx, id).await {
            CachedSession::Hit(stored) => return Ok(Some(stored)),
            CachedSession::Ended => return Ok(None),
            CachedSession::Miss => {}
        }
        let found = rows::load(ctx, id).await?;
        if let Some(stored) = &found {
            cache::fill(ctx, id, stored).await;
        }
        Ok(found)
    }

    fn failed(&self, error: Error) -> StoreError {
        self.state().errors.push(error);
        StoreError::Backend("the session store failed".into())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // A panic under this lock cannot leave the state half changed, so poisoning is ignored.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// tower-sessions calls `create` for a session without an id, and `save` for one that has one.
#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        // Not the id of the record, which may be that of the ended session.
        record.id = self.flush(None, record).await?.unwrap_or_default();
        Ok(())
    }

    /// Updates the session and never inserts one, so that an ended session stays ended.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.flush(Some(&record.id), record).await?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let found = self.find(id).await.map_err(|error| self.failed(error))?;
        let Some(Stored { contents, expires_at, last_used_at }) = found else { return Ok(None) };
        let is_due = lifetime::is_due(self.0.ctx.now(), last_used_at, contents.holder());
        self.state().is_due = is_due;
        let decode = |error: &dyn std::fmt::Display| StoreError::Decode(error.to_string());
        let value = serde_json::to_value(contents).map_err(|error| decode(&error))?;
        // tower-sessions uses the `time` crate.
        let expiry_date = OffsetDateTime::from_unix_timestamp(expires_at.utc().timestamp())
            .map_err(|error| decode(&error))?;
        Ok(Some(Record { id: *id, data: [(CONTENTS.to_owned(), value)].into(), expiry_date }))
    }

    /// Ends the session, unless it gets a new id: tower-sessions deletes it before it writes the
    /// new one, but the write has to find out whether the previous session has ended.
    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        if self.state().succession.is_some() {
            return Ok(());
        }
        self.log_out(id).await.map_err(|error| self.failed(error))
    }
}

/// The contents in a record, within their bounds.
fn contents(record: &Record) -> Contents {
    let contents = record.data.get(CONTENTS).cloned().map(serde_json::from_value::<Contents>);
    let mut contents = contents.and_then(std::result::Result::ok).unwrap_or_default();
    contents.bound();
    contents
}
