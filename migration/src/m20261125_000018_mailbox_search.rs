//! What a search in a mailbox looks in.

use sea_orm_migration::{prelude::*, schema::*};

use crate::backfill;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Subject and text in lower case. Searches are within one mailbox, which an index finds.
        let column =
            Table::alter().table("mailbox").add_column(text("search_text").default("")).to_owned();
        manager.alter_table(column).await?;
        // The space between them makes that no row is filled in twice.
        let set = "search_text = LOWER(subject || ' ' || body)";
        let (mailbox, db) = (("mailbox", "id"), manager.get_connection());
        backfill(db, mailbox, set, "search_text = ''").await?;
        Ok(())
    }
}
