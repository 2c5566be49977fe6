//! How long before its start the participants of a competition are reminded.

use sea_orm_migration::{prelude::*, schema::*, sea_query::Table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Null for a competition that an earlier release has written.
        let table = Table::alter()
            .table("competitions")
            .add_column(string_null("reminder_offsets"))
            .to_owned();
        manager.alter_table(table).await
    }
}
