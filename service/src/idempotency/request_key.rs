//! An `Idempotency-Key` with the request that it was sent with, and the response stored under it.

use domain::{ErrorCode, IdempotencyKey, PublicError, Timestamp, UserId};
use sea_orm::{ConnectionTrait, EntityTrait};
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    Error, Result,
    entity::idempotency_log,
    infrastructure::{db::bulk, secrets},
};

/// A user's `Idempotency-Key` and a fingerprint of the request that it was sent with.
#[derive(Clone, Debug)]
pub(crate) struct RequestKey {
    pub(super) user: UserId,
    pub(super) key: IdempotencyKey,
    fingerprint: String,
}

/// A response as it is stored: JSON, with the fingerprint of its request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct StoredResponse {
    pub(crate) fingerprint: String,
    pub(super) body: String,
}

impl RequestKey {
    /// `request` names the operation and all of its parameters: the key is refused with any other.
    pub(crate) fn new(user: UserId, key: IdempotencyKey, request: &str) -> Self {
        Self { user, key, fingerprint: secrets::hash(request) }
    }

    /// The key as the client sent it.
    pub(crate) fn idempotency_key(&self) -> &IdempotencyKey {
        &self.key
    }

    /// The primary key of the idempotency record.
    pub(crate) fn id(&self) -> (UserId, String) {
        (self.user, self.key.to_string())
    }

    /// The response that the database has under this key; `Ok(None)` if the key is new.
    ///
    /// # Errors
    /// [`ErrorCode::IdempotencyKeyReused`] when the key was sent with another request.
    pub(crate) async fn find_response<T: DeserializeOwned>(
        &self,
        db: &impl ConnectionTrait,
    ) -> Result<Option<T>> {
        let log = idempotency_log::Entity::find_by_id(self.id()).one(db).await?;
        log.map(|log| self.decode(&log.into())).transpose()
    }

    /// Reads a stored response.
    ///
    /// # Errors
    /// [`ErrorCode::IdempotencyKeyReused`] when the key was sent with another request.
    pub(crate) fn decode<T: DeserializeOwned>(&self, stored: &StoredResponse) -> Result<T> {
        if stored.fingerprint != self.fingerprint {
            return Err(PublicError::new(
                ErrorCode::IdempotencyKeyReused,
                "This Idempotency-Key was used before for another request. Use a new key.",
            )
            .into());
        }
        serde_json::from_str(&stored.body)
            .map_err(|error| Error::Corrupt(format!("idempotency log: {error}")))
    }

    /// The form in which a response is stored.
    pub(crate) fn encode<T: Serialize>(&self, response: &T) -> Result<StoredResponse> {
        let body = serde_json::to_string(response)
            .map_err(|error| Error::Corrupt(format!("a response that is no JSON: {error}")))?;
        Ok(StoredResponse { fingerprint: self.fingerprint.clone(), body })
    }

    /// The idempotency record: the row that holds a response.
    pub(crate) fn record(&self, stored: StoredResponse, now: Timestamp) -> idempotency_log::Model {
        idempotency_log::Model {
            user_id: self.user,
            key: self.key.as_str().to_owned(),
            fingerprint: stored.fingerprint,
            body: stored.body,
            created_at: now.utc(),
        }
    }

    /// Saves a response in the transaction of its effect.
    pub(crate) async fn save_response<T: Serialize>(
        &self,
        tx: &impl ConnectionTrait,
        now: Timestamp,
        response: &T,
    ) -> Result<()> {
        bulk::insert(tx, vec![self.record(self.encode(response)?, now)]).await
    }
}

impl From<idempotency_log::Model> for StoredResponse {
    fn from(log: idempotency_log::Model) -> Self {
        Self { fingerprint: log.fingerprint, body: log.body }
    }
}
