//! A key together with what it was sent for, and its row in the log.

use domain::{ErrorCode, IdempotencyKey, PublicError, Timestamp, UserId};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Serialize, de::DeserializeOwned};

use crate::{Error, Result, db::bulk, entity::idempotency_log, secrets};

/// A key together with what it was sent for.
#[derive(Clone, Debug)]
pub(crate) struct Scope {
    pub(super) user: UserId,
    pub(super) key: IdempotencyKey,
    fingerprint: String,
}

/// An answer as it is kept: what was asked, and what was said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub(super) fingerprint: String,
    /// JSON.
    pub(super) body: String,
}

impl Scope {
    /// `request` names the operation and its parameters; the same key with another request is refused.
    pub(crate) fn new(user: UserId, key: IdempotencyKey, request: &str) -> Self {
        Self { user, key, fingerprint: secrets::hash(request) }
    }

    pub(crate) fn key(&self) -> &IdempotencyKey {
        &self.key
    }

    /// What tells this key from all others in a table of answers.
    pub(crate) fn id(&self) -> (UserId, String) {
        (self.user, self.key.to_string())
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
        let log = idempotency_log::Entity::find_by_id(id).one(db).await?;
        log.map(|log| self.read(&log.into())).transpose()
    }

    /// Reads an answer that was kept.
    ///
    /// # Errors
    /// [`ErrorCode::IdempotencyKeyReused`] when the key was used for another request.
    pub(crate) fn read<T: DeserializeOwned>(&self, kept: &Kept) -> Result<T> {
        if kept.fingerprint != self.fingerprint {
            return Err(PublicError::new(
                ErrorCode::IdempotencyKeyReused,
                "This Idempotency-Key was used before for another request. Use a new key.",
            )
            .into());
        }
        serde_json::from_str(&kept.body)
            .map_err(|error| Error::Corrupt(format!("idempotency log: {error}")))
    }

    /// An answer to be kept.
    pub(crate) fn keep<T: Serialize>(&self, answer: &T) -> Result<Kept> {
        let body = serde_json::to_string(answer)
            .map_err(|error| Error::Corrupt(format!("an answer that is no JSON: {error}")))?;
        Ok(Kept { fingerprint: self.fingerprint.clone(), body })
    }

    /// The row that keeps an answer.
    pub(crate) fn row(&self, status: u16, kept: Kept, now: Timestamp) -> idempotency_log::Model {
        idempotency_log::Model {
            user_id: self.user.0,
            key: self.key.as_str().to_owned(),
            fingerprint: kept.fingerprint,
            status: i16::try_from(status).expect("HTTP statuses are below 1000"),
            body: kept.body,
            created_at: now.utc(),
        }
    }

    /// Keeps an answer, in the transaction of its effect.
    pub(crate) async fn remember<T: Serialize>(
        &self,
        tx: &impl ConnectionTrait,
        now: Timestamp,
        status: u16,
        answer: &T,
    ) -> Result<Kept> {
        let kept = self.keep(answer)?;
        bulk::insert(tx, vec![self.row(status, kept.clone(), now)]).await?;
        Ok(kept)
    }
}

impl From<idempotency_log::Model> for Kept {
    fn from(log: idempotency_log::Model) -> Self {
        Self { fingerprint: log.fingerprint, body: log.body }
    }
}
