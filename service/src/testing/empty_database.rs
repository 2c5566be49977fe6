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

    /// The pool of another process.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn connect(&self) -> Db {
        self.0.connect().await
    }

    /// The pool of a process that gives each statement so much time. SQLite knows no such limit.
    ///
    /// # Panics
    /// When the database does not answer.
    pub async fn connect_with_limit(&self, limit: Duration) -> DatabaseConnection {
        self.0.connect_with_limit(limit).await
    }

    /// Migrates as far as a program did whose last migration had this name.
    ///
    /// # Panics
    /// When there is no such migration.
    pub async fn migrate_up_to(&self, name: &str) {
        self.0.migrate_up_to(name).await;
    }

    /// From now on transactions are serializable that say nothing else. SQLite knows no others.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn serialize_by_default(&self) {
        self.0.serialize_by_default().await;
    }

    /// Executes a statement and returns the number of rows that it changed.
    ///
    /// # Panics
    /// When the database refuses it.
    pub async fn execute(&self, sql: &str) -> u64 {
        self.0.execute(sql).await
    }

    /// From now on a statement that changes more than `rows` mails is refused. SQLite has no
    /// trigger that could tell.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn refuse_large_updates_of_mailbox(&self, rows: u64) {
        self.0.refuse_large_updates_of_mailbox(rows).await;
    }

    /// From now on a statement that changes mail takes so long.
    ///
    /// # Panics
    /// When the database refuses.
    pub async fn slow_down_mailbox(&self, time: Duration) {
        self.0.slow_down_mailbox(time).await;
    }
}
