//! The sessions that are stored, past all use cases.

use domain::Timestamp;
use redis::cmd;
use sea_orm::EntityTrait;

use super::World;
use crate::entity::session;

/// A row of the table of sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredSession {
    /// The hash of the session's id.
    pub id: String,
    /// What it holds.
    pub data: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl World {
    /// Every session that is stored, ended or not.
    ///
    /// # Panics
    /// When the database fails.
    pub async fn stored_sessions(&self) -> Vec<StoredSession> {
        let rows = session::Entity::find().all(self.ctx.db.connection()).await.expect("sessions");
        let stored = |row: session::Model| StoredSession {
            id: row.id,
            data: row.data,
            expires_at: row.expires_at.into(),
        };
        rows.into_iter().map(stored).collect()
    }

    /// The keys of sessions in Redis; none without Redis.
    ///
    /// # Panics
    /// When Redis does not answer.
    pub async fn session_keys(&self) -> Vec<String> {
        match self.ctx.redis() {
            Some(_) => self.keys("session*").await,
            None => Vec::new(),
        }
    }

    /// The sessions that are cached in Redis, each as its key and what stands there.
    ///
    /// # Panics
    /// When Redis does not answer.
    pub async fn cached_sessions(&self) -> Vec<(String, String)> {
        let mut cached = Vec::new();
        for key in self.keys("session:*").await {
            let value = self.ask(cmd("GET").arg(&key)).await;
            cached.push((key, value));
        }
        cached
    }

    /// Writes to a key of Redis, as another process would.
    ///
    /// # Panics
    /// When Redis does not answer.
    pub async fn cache(&self, key: &str, value: &str) {
        self.ask::<()>(cmd("SET").arg(key).arg(value)).await;
    }
}
