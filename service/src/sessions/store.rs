//! Where tower-sessions keeps the session of one request: the table, and Redis in front of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use domain::Timestamp;
use tower_sessions::{
    SessionStore,
    cookie::time::OffsetDateTime,
    session::{Id, Record},
    session_store::{self, Error as StoreError},
};

use super::{
    cache::{self, Lookup},
    contents::Contents,
    lifetime, rows,
};
use crate::{Context, Error, Result};

/// The entry of a tower-sessions record that holds what is stored of it.
pub(super) const CONTENTS: &str = "contents";

/// The store for one request. It knows what the request needs of its session, and what became of
/// that, which tower-sessions does not ask. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Store(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    ctx: Context,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What is to be written.
    change: Change,
    /// How the session gets the new id under which it is written, if it gets one.
    succession: Option<Succession>,
    /// The session was found, and is to be renewed.
    is_due: bool,
    cookie: Cookie,
    /// Failures that tower-sessions knows only the text of.
    errors: Vec<Error>,
}

/// What is to be written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Change {
    /// Nothing.
    #[default]
    None,
    /// Something that the request does not depend on: a message that was shown, a renewal.
    Optional,
    /// Something without which the request has failed.
    Required,
}

/// How a session follows the one that the browser has.
#[derive(Clone, Copy, Debug)]
struct Succession {
    kind: Kind,
    previous: Option<Id>,
}

/// What becomes of the session that the browser has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// It gets a new id, if it has not ended meanwhile.
    Renewed,
    /// It ends, and a new one begins.
    Fresh,
}

/// What the browser's cookie must become.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Cookie {
    /// It stays as it is.
    #[default]
    Keep,
    /// It holds the id of the session, for as long as the session lives.
    Set,
    /// It goes.
    Remove,
}

impl Store {
    /// The store for one request.
    pub fn new(ctx: Context) -> Self {
        Self(Arc::new(Inner { ctx, state: Mutex::default() }))
    }

    /// What the browser's cookie must become, once the session was written. tower-sessions would
    /// remove the cookie of a session that ended meanwhile, or set it again: another answer may
    /// have replaced it.
    pub fn cookie(&self) -> Cookie {
        self.state().cookie
    }

    /// Why the session could not be written or read, when tower-sessions said that its store
    /// failed.
    pub fn take_error(&self) -> Option<Error> {
        self.state().errors.pop()
    }

    pub(super) fn ctx(&self) -> &Context {
        &self.0.ctx
    }

    /// Has the session written at the end of the request.
    pub(super) fn change(&self, change: Change) {
        let mut state = self.state();
        state.change = state.change.max(change);
    }

    /// Has the session that the browser has, if it has one, followed by one with a new id.
    pub(super) fn follow(&self, kind: Kind, previous: Option<Id>) {
        let mut state = self.state();
        let succession = match state.succession.take() {
            None => Succession { kind, previous },
            Some(before) if kind == Kind::Fresh => Succession { kind, ..before },
            Some(before) => before,
        };
        state.succession = Some(succession);
    }

    /// Whether the session is to be renewed; said once.
    pub(super) fn take_due(&self) -> bool {
        std::mem::take(&mut self.state().is_due)
    }

    /// Forgets what was to be written, and ends the session that was to be followed.
    pub(super) async fn abandon(&self) -> Result<()> {
        let previous = {
            let mut state = self.state();
            state.change = Change::None;
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

    /// Writes what has changed: under `current`, or under a new id if there is none. The id under
    /// which it stands now; `None` when there is no session any more, or nothing that were worth
    /// one.
    async fn write(&self, current: Option<&Id>, contents: &Contents) -> Result<Option<Id>> {
        let ctx = &self.0.ctx;
        let expires_at = lifetime::expiry(ctx.now(), contents.holder());
        let succession = self.state().succession;
        let written = match (current, succession) {
            (Some(id), _) => {
                let is_alive = rows::update(ctx, id, None, contents, expires_at).await?;
                if !is_alive {
                    cache::end(ctx, id).await;
                }
                is_alive.then_some(*id)
            }
            (None, Some(Succession { kind: Kind::Renewed, previous })) => {
                let Some(previous) = previous else { return Ok(None) };
                let next = Id::default();
                let next_id = Some(&next);
                let is_alive = rows::update(ctx, &previous, next_id, contents, expires_at).await?;
                cache::end(ctx, &previous).await;
                is_alive.then_some(next)
            }
            (None, None) if contents.is_empty() => None,
            (None, succession) => {
                let next = Id::default();
                rows::create(ctx, &next, contents, expires_at).await?;
                if let Some(previous) = succession.and_then(|succession| succession.previous) {
                    self.end(&previous).await?;
                }
                Some(next)
            }
        };
        if let Some(id) = &written {
            cache::store(ctx, id, contents, expires_at).await;
        }
        Ok(written)
    }

    /// Writes what has changed, if anything has. What the request does not depend on does not fail
    /// it.
    async fn settle(
        &self,
        current: Option<&Id>,
        record: &Record,
    ) -> session_store::Result<Option<Id>> {
        let change = self.state().change;
        if change == Change::None {
            return Ok(None);
        }
        let written = match self.write(current, &contents(record)).await {
            Ok(written) => written,
            Err(error) if change == Change::Optional => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a session could not be written"
                );
                return Ok(None);
            }
            Err(error) => return Err(self.failed(error)),
        };
        let mut state = self.state();
        (state.change, state.succession) = (Change::None, None);
        if written.is_some() {
            state.cookie = Cookie::Set;
        }
        Ok(written)
    }

    async fn find(&self, id: &Id) -> Result<Option<(Contents, Timestamp)>> {
        let ctx = &self.0.ctx;
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

    fn failed(&self, error: Error) -> StoreError {
        self.state().errors.push(error);
        StoreError::Backend("the session store failed".into())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // No code that holds the lock can leave it half-changed.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// tower-sessions calls `create` for a session without an id, and `save` for one that has one.
#[async_trait]
impl SessionStore for Store {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        // The id of a record is not used: it may be that of the session that was ended.
        record.id = self.settle(None, record).await?.unwrap_or_default();
        Ok(())
    }

    /// Updates the session and never inserts one, so that a session that has ended stays so.
    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.settle(Some(&record.id), record).await?;
        Ok(())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let found = self.find(id).await.map_err(|error| self.failed(error))?;
        let Some((contents, expires_at)) = found else { return Ok(None) };
        let is_due = lifetime::is_due(self.0.ctx.now(), expires_at, contents.holder());
        self.state().is_due = is_due;
        let decode = |error: &dyn std::fmt::Display| StoreError::Decode(error.to_string());
        let value = serde_json::to_value(contents).map_err(|error| decode(&error))?;
        // tower-sessions tells the time in the terms of the `time` crate.
        let expiry_date = OffsetDateTime::from_unix_timestamp(expires_at.utc().timestamp())
            .map_err(|error| decode(&error))?;
        Ok(Some(Record { id: *id, data: [(CONTENTS.to_owned(), value)].into(), expiry_date }))
    }

    /// Ends the session. Not one that is followed: tower-sessions deletes it before the next is
    /// written, and this store when the next is, which finds out whether it has ended meanwhile.
    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        if self.state().succession.is_some() {
            return Ok(());
        }
        self.log_out(id).await.map_err(|error| self.failed(error))
    }
}

/// What is to be stored, within its bounds.
fn contents(record: &Record) -> Contents {
    let contents = record.data.get(CONTENTS).cloned().map(serde_json::from_value::<Contents>);
    let mut contents = contents.and_then(std::result::Result::ok).unwrap_or_default();
    contents.bound();
    contents
}
