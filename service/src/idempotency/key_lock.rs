//! The keys of requests that this process is working on.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{IdempotencyKey, UserId};

use super::{RequestKey, cache::RedisLock, in_flight};
use crate::{Result, infrastructure::ids::new_token};

/// The keys that are locked in this process.
#[derive(Clone, Debug, Default)]
pub(crate) struct InFlightKeys(Arc<Mutex<HashSet<(UserId, IdempotencyKey)>>>);

/// The lock on a key while its request is in flight. Dropping it releases the key.
#[derive(Debug)]
pub(crate) struct KeyLock {
    keys: InFlightKeys,
    key: (UserId, IdempotencyKey),
    token: String,
    /// The lock that other processes see.
    redis: Option<RedisLock>,
}

impl InFlightKeys {
    /// Locks a key in this process.
    ///
    /// # Errors
    /// [`domain::ErrorCode::IdempotencyInFlight`] while it is locked.
    pub(super) fn lock(&self, key: &RequestKey) -> Result<KeyLock> {
        let key = (key.user, key.key.clone());
        if self.keys().insert(key.clone()) {
            Ok(KeyLock { keys: self.clone(), key, token: new_token(), redis: None })
        } else {
            Err(in_flight().into())
        }
    }

    fn keys(&self) -> MutexGuard<'_, HashSet<(UserId, IdempotencyKey)>> {
        // A panic under this lock cannot leave the set half changed, so poisoning is ignored.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl KeyLock {
    /// A lock in a set of its own, so that it excludes no other request.
    #[cfg(test)]
    pub(crate) fn unshared() -> Self {
        let key = (UserId(uuid::Uuid::nil()), "unshared".parse().expect("a key"));
        Self { keys: InFlightKeys::default(), key, token: new_token(), redis: None }
    }

    /// Distinguishes this lock from any other on the same key.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Takes over the lock in Redis, which is then released together with this one.
    pub(super) fn hold_in_redis(&mut self, redis: Option<RedisLock>) {
        self.redis = redis;
    }

    /// Lets the value in Redis outlive this lock: the response replaces the lock there.
    pub(crate) fn leave_in_redis(&mut self) {
        self.redis = None;
    }
}

impl Drop for KeyLock {
    fn drop(&mut self) {
        self.keys.keys().remove(&self.key);
        if let Some(redis) = self.redis.take() {
            redis.release();
        }
    }
}
