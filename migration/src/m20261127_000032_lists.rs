//! Indexes that let long lists be sorted and counted without reading their rows.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::index;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Open competitions, with what each order of the list compares. SQLite has no INCLUDE, and
        // reads the column of the condition.
        let open = match manager.get_database_backend() {
            DbBackend::Postgres => "(reg_deadline) INCLUDE (id, created_at, start_date, title_key)",
            _ => "(reg_deadline, id, created_at, start_date, title_key, cancelled_at)",
        };
        let open = format!(
            "CREATE INDEX competitions_open_idx ON competitions {open} WHERE cancelled_at IS NULL"
        );
        manager.get_connection().execute_unprepared(&open).await?;
        // A roster by name, for a competition that a large part of the users has registered for.
        manager.create_index(index("users", &["search_text", "id"])).await
    }
}
