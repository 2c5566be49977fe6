//! A database without a schema.

use std::time::Duration;

use sea_orm::DatabaseConnection;

use super::database::TestDatabase;
use crate::Db;

/// A database without a schema.
#[derive(Debug)]
pub struct EmptyDatabase(TestDatabase);

impl EmptyDatabase {
    /// A new one.
    ///
    /// # Panics
    /// When none can be made.
    pub async fn create() -> Self {
        Self(TestDatabase::create_empty().await)
    }

    /// The URL of the database.
    pub fn url(&self) -> &str {
        self.0.url()
    }

    /// The pool of another process.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn connect(&self) -> Db {
        self.0.connect().await
    }

    /// The pool of a process with this time limit for each statement. SQLite has no time limit.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn connect_with_limit(&self, limit: Duration) -> DatabaseConnection {
        self.0.connect_with_limit(limit).await
    }

    /// Makes SERIALIZABLE the default isolation level. SQLite has no other.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn serialize_by_default(&self) {
        self.0.serialize_by_default().await;
    }

    /// Delays the statement that creates the mailbox. Not on SQLite, whose triggers cannot wait.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn slow_down_migrations(&self, time: Duration) {
        self.0.slow_down_migrations(time).await;
    }
}
