//! Hashing of passwords, off the async threads.

use std::sync::Arc;

use domain::Password;
use tokio::{
    sync::{OnceCell, Semaphore},
    task::spawn_blocking,
};

use crate::{Error, Result};

/// More bytes than this bcrypt does not see. `Password` has no more; a login may.
const BCRYPT_MAX_BYTES: usize = 72;

/// Hashes passwords with bcrypt, a bounded number at a time.
#[derive(Debug)]
pub(crate) struct PasswordHasher {
    cost: u32,
    permits: Arc<Semaphore>,
    /// The hash of a password that no account has. It is compared when there is no account, so that
    /// the time does not reveal that. Computed when it is first needed, so that no command waits
    /// for it.
    decoy: OnceCell<String>,
}

impl PasswordHasher {
    /// `cost` is the binary logarithm of bcrypt's rounds, 4 to 31.
    pub(crate) fn new(cost: u32) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        Self { cost, permits: Arc::new(Semaphore::new(cores)), decoy: OnceCell::new() }
    }

    pub(crate) async fn hash(&self, password: Password) -> Result<String> {
        // `non_truncating_hash` would refuse exactly 72 bytes, which fit; `Password` refuses more.
        self.hash_text(password.expose().to_owned()).await
    }

    /// Whether `password` belongs to `hash`. Without a hash it takes as long, and returns `false`.
    pub(crate) async fn verify(&self, password: String, hash: Option<String>) -> Result<bool> {
        let is_known = hash.is_some();
        let hash = match hash {
            Some(hash) => hash,
            None => self.decoy().await?.to_owned(),
        };
        let (normal, as_typed) = Password::spellings(password);
        let mut matches = self.compare(normal, hash.clone()).await?;
        // Also after a match: the time must depend on the typed password only.
        if let Some(as_typed) = as_typed {
            matches |= self.compare(as_typed, hash).await?;
        }
        Ok(is_known && matches)
    }

    async fn compare(&self, password: String, hash: String) -> Result<bool> {
        let fits = password.len() <= BCRYPT_MAX_BYTES;
        Ok(self.blocking(move || bcrypt::verify(password, &hash)).await? && fits)
    }

    async fn decoy(&self) -> Result<&String> {
        let make = || self.hash_text("a password that no account has".to_owned());
        self.decoy.get_or_try_init(make).await
    }

    async fn hash_text(&self, text: String) -> Result<String> {
        let cost = self.cost;
        self.blocking(move || bcrypt::hash(text, cost)).await
    }

    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> bcrypt::BcryptResult<T> + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.expect("the semaphore is never closed");
        let result = spawn_blocking(move || {
            // Held until the work is done, even when the caller has hung up.
            let _permit = permit;
            work()
        });
        result.await?.map_err(Error::from)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn seventy_two_bytes_are_told_apart_and_more_belong_to_nobody() {
        let hasher = PasswordHasher::new(4);
        let password = "x".repeat(72);
        let hash = hasher.hash(Password::parse(password.clone()).unwrap()).await.unwrap();
        assert!(hasher.verify(password.clone(), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(format!("{}y", &password[1..]), Some(hash.clone())).await.unwrap());
        assert!(!hasher.verify(format!("{password}y"), Some(hash)).await.unwrap());
        assert!(!hasher.verify("a password that no account has".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_password_matches_in_any_spelling_and_one_hashed_as_typed_still_does() {
        let hasher = PasswordHasher::new(4);
        let (composed, decomposed) = ("p\u{E4}ssw\u{F6}rter", "pa\u{308}sswo\u{308}rter");
        let hash = hasher.hash(Password::parse(decomposed.into()).unwrap()).await.unwrap();
        for typed in [composed, decomposed] {
            assert!(hasher.verify(typed.into(), Some(hash.clone())).await.unwrap(), "{typed:?}");
        }
        let older = hasher.hash_text(decomposed.into()).await.unwrap();
        assert!(hasher.verify(decomposed.into(), Some(older.clone())).await.unwrap());
        assert!(!hasher.verify("passworter".into(), Some(older)).await.unwrap());
        // 144 bytes as typed; what fits is the composed form.
        let long = Password::parse("a\u{308}".repeat(36)).unwrap();
        let hash = hasher.hash(long).await.unwrap();
        assert!(hasher.verify("a\u{308}".repeat(36), Some(hash)).await.unwrap());
    }
}
