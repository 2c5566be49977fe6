//! What a competition is about in one line, where it takes place, when it ends, and its website.

use sea_orm_migration::{prelude::*, schema::*, sea_query::Table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One statement for each: SQLite adds a single column at a time.
        let texts = ["summary", "venue_name", "venue_address", "online_url", "website"];
        let columns =
            texts.map(text_null).into_iter().chain([timestamp_with_time_zone_null("ends_at")]);
        for column in columns {
            let mut table = Table::alter();
            manager.alter_table(table.table("competitions").add_column(column).to_owned()).await?;
        }
        Ok(())
    }
}
