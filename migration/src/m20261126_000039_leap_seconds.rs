//! Leap seconds become the second after them.
//!
//! `2026-12-20T00:00:60Z` was accepted as a time of a competition. PostgreSQL stored the minute
//! after it, SQLite stored it as it was: as a text that neither its own functions nor most clients
//! can read.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::backfill;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        if manager.get_database_backend() != DbBackend::Sqlite {
            return Ok(());
        }
        for column in ["reg_deadline", "start_date", "reg_opens_at"] {
            // `2026-12-20T00:00:60.250+00:00`: characters 18 and 19 are the seconds.
            let next = format!(
                "strftime('%Y-%m-%dT%H:%M:%S', substr({column}, 1, 17) || '59', '+1 second') || substr({column}, 20)"
            );
            let set = format!("{column} = {next}");
            let is_wrong = format!("substr({column}, 18, 2) = '60'");
            let (competitions, db) = (("competitions", "id"), manager.get_connection());
            backfill(db, competitions, &set, &is_wrong).await?;
        }
        Ok(())
    }
}
