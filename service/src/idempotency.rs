//! One request, one effect: what was answered to a request that carried an `Idempotency-Key`.
//!
//! The row of a key commits in the transaction of its effect, so in the database a key is absent or
//! finished; there is no half-done state to recover from. After the idea of zero-to-production, chapter 11.

use std::{
    collections::HashSet,
    fmt::Write,
    sync::{Arc, Mutex, PoisonError},
};

use domain::{ErrorCode, IdempotencyKey, PublicError, UserId};
use sea_orm::{ConnectionTrait, EntityTrait, Set};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use crate::{Context, Error, Result, entity::idempotency_log, ids::new_id};

/// A key that no request has used, for a form.
pub fn new_key() -> String {
    new_id().to_string()
}

/// A key together with what it was sent for.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    user: UserId,
    key: IdempotencyKey,
    fingerprint: String,
}

impl Scope {
    /// `request` names the operation and its parameters; the same key with another request is refused.
    pub(crate) fn new(user: UserId, key: IdempotencyKey, request: &str) -> Self {
        let mut fingerprint = String::with_capacity(64);
        for byte in Sha256::digest(request) {
            write!(fingerprint, "{byte:02x}").expect("writing to a string cannot fail");
        }
        Self { user, key, fingerprint }
    }

    pub(crate) fn key(&self) -> &IdempotencyKey {
        &self.key
    }

    /// What was answered before: `Ok(None)` if the key is new.
    ///
    /// # Errors
    /// [`ErrorCode::IdempotencyKeyReused`] when the key was used for another request.
    pub(crate) async fn recall<T: DeserializeOwned>(
        &self,
        db: &impl ConnectionTrait,
    ) -> Result<Option<T>> {
        let id = (self.user.0, self.key.as_str().to_owned());
        let Some(log) = idempotency_log::Entity::find_by_id(id).one(db).await? else {
            return Ok(None);
        };
        if log.fingerprint != self.fingerprint {
            return Err(PublicError::new(
                ErrorCode::IdempotencyKeyReused,
                "This Idempotency-Key was used before for another request. Use a new key.",
            )
            .into());
        }
        let answer = serde_json::from_str(&log.body);
        answer.map(Some).map_err(|error| Error::Corrupt(format!("idempotency log: {error}")))
    }

    /// Keeps the answer, in the transaction of its effect.
    pub(crate) async fn remember<T: Serialize>(
        &self,
        ctx: &Context,
        tx: &impl ConnectionTrait,
        status: u16,
        answer: &T,
    ) -> Result<()> {
        let body = serde_json::to_string(answer)
            .map_err(|error| Error::Corrupt(format!("an answer that is no JSON: {error}")))?;
        let log = idempotency_log::ActiveModel {
            user_id: Set(self.user.0),
            key: Set(self.key.as_str().to_owned()),
            fingerprint: Set(self.fingerprint.clone()),
            status: Set(i16::try_from(status).expect("HTTP statuses are below 1000")),
            body: Set(body),
            created_at: Set(ctx.now().utc()),
        };
        idempotency_log::Entity::insert(log).exec_without_returning(tx).await?;
        Ok(())
    }
}

/// The keys that this process is working on.
#[derive(Clone, Debug, Default)]
pub(crate) struct InFlight(Arc<Mutex<HashSet<(UserId, IdempotencyKey)>>>);

/// Holds a key; letting go of it frees the key.
#[derive(Debug)]
pub(crate) struct InFlightGuard {
    keys: InFlight,
    key: (UserId, IdempotencyKey),
}

impl InFlight {
    /// Takes the key of `scope`.
    ///
    /// # Errors
    /// [`ErrorCode::IdempotencyInFlight`] while somebody else has it.
    pub(crate) fn enter(&self, scope: &Scope) -> Result<InFlightGuard> {
        let key = (scope.user, scope.key.clone());
        if self.lock().insert(key.clone()) {
            Ok(InFlightGuard { keys: self.clone(), key })
        } else {
            Err(PublicError::new(
                ErrorCode::IdempotencyInFlight,
                "A request with this Idempotency-Key is being worked on. Try again in a second.",
            )
            .into())
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<(UserId, IdempotencyKey)>> {
        // No code that holds the lock can leave the set half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for InFlightGuard {
    fn drop(&mut self) {
        self.keys.lock().remove(&self.key);
    }
}
