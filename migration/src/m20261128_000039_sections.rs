//! The sections of a competition, and where questions about it go.

use sea_orm_migration::{prelude::*, schema::*, sea_query::Table};

use crate::cascading;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A table of their own: every registration reads the row of its competition, and writes it
        // anew. Competitions without sections have no row.
        let sections = Table::create()
            .table("competition_sections")
            .col(uuid("competition_id").primary_key())
            .col(text_null("rules"))
            .col(text_null("prizes"))
            .col(text_null("schedule"))
            .foreign_key(&mut cascading(
                ("competition_sections", "competition_id"),
                ("competitions", "id"),
            ))
            .to_owned();
        manager.create_table(sections).await?;
        let contact =
            Table::alter().table("competitions").add_column(text_null("contact_email")).to_owned();
        manager.alter_table(contact).await
    }
}
