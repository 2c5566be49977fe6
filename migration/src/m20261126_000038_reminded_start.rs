//! For which start a participant was reminded, and when the start of a competition was last
//! changed.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Columns that may be NULL and have no default touch no row, however large a table is.
        for (table, column) in
            [("registrations", "reminded_start"), ("competitions", "start_changed_at")]
        {
            let column = timestamp_with_time_zone_null(column);
            manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
