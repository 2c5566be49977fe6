//! The request that has caused a job: its id, and its trace context where traces are on.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["jobs", "failed_jobs"] {
            // SQLite adds one column with a statement.
            for column in ["request_id", "traceparent"] {
                let added = Table::alter().table(table).add_column(text_null(column)).to_owned();
                manager.alter_table(added).await?;
            }
        }
        Ok(())
    }
}
