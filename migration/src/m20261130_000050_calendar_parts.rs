//! The competition and the registration that a message is about, and what it does to a calendar.

use sea_orm_migration::{prelude::*, schema::*, sea_query::Table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // No foreign keys: they would need indexes, and be checked for each message. One whose
        // registration is gone is sent without its event.
        for column in ["competition_id", "registration_id"] {
            let id = Table::alter().table("mailbox").add_column(uuid_null(column)).to_owned();
            manager.alter_table(id).await?;
        }
        // No check: PostgreSQL would read the whole table to verify it.
        let calendar = Table::alter().table("mailbox").add_column(text_null("calendar")).to_owned();
        manager.alter_table(calendar).await?;
        let revision =
            Table::alter().table("mailbox").add_column(integer_null("event_revision")).to_owned();
        manager.alter_table(revision).await
    }
}
