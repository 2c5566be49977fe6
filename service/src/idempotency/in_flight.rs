//! The keys that this process is working on.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use domain::{IdempotencyKey, UserId};

use super::{Scope, answers::SharedClaim, in_flight};
use crate::{Result, ids::new_token};

/// The keys that this process is working on. Other processes see them through [`super::Answers`], if there is Redis.
#[derive(Clone, Debug, Default)]
pub(crate) struct InFlight(Arc<Mutex<HashSet<(UserId, IdempotencyKey)>>>);

/// Holds a key; letting go of it frees the key.
#[derive(Debug)]
pub(crate) struct Claim {
    keys: InFlight,
    key: (UserId, IdempotencyKey),
    token: String,
    /// What other processes see of it.
    shared: Option<SharedClaim>,
}

impl InFlight {
    /// Takes the key of `scope`.
    ///
    /// # Errors
    /// [`domain::ErrorCode::IdempotencyInFlight`] while somebody else has it.
    pub(super) fn enter(&self, scope: &Scope) -> Result<Claim> {
        let key = (scope.user, scope.key.clone());
        if self.lock().insert(key.clone()) {
            Ok(Claim { keys: self.clone(), key, token: new_token(), shared: None })
        } else {
            Err(in_flight().into())
        }
    }

    fn lock(&self) -> MutexGuard<'_, HashSet<(UserId, IdempotencyKey)>> {
        // No code that holds the lock can leave the set half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Claim {
    /// A claim on a key that nobody else looks for.
    #[cfg(test)]
    pub(crate) fn detached() -> Self {
        let key = (UserId(uuid::Uuid::nil()), "detached".parse().expect("a key"));
        Self { keys: InFlight::default(), key, token: new_token(), shared: None }
    }

    /// Tells this claim from any other on the same key.
    pub(super) fn token(&self) -> &str {
        &self.token
    }

    /// Other processes see the claim as well, until it is dropped.
    pub(super) fn share(&mut self, shared: Option<SharedClaim>) {
        self.shared = shared;
    }

    /// The answer has taken the place of what other processes see.
    pub(crate) fn settle(&mut self) {
        self.shared = None;
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        self.keys.lock().remove(&self.key);
        if let Some(shared) = self.shared.take() {
            shared.release();
        }
    }
}
