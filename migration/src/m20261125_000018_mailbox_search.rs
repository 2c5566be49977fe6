//! What a search in a mailbox looks in.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::ConnectionTrait};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Subject and text in lower case. Searches are within one mailbox, which an index finds.
        let column =
            Table::alter().table("mailbox").add_column(text("search_text").default("")).to_owned();
        manager.alter_table(column).await?;
        let backfill = "UPDATE mailbox SET search_text = LOWER(subject || ' ' || body)";
        manager.get_connection().execute_unprepared(backfill).await?;
        Ok(())
    }
}
