//! Until when seats are passed on to the waiting list.

use sea_orm_migration::{prelude::*, schema::*, sea_query::Table};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Null is the registration deadline.
        let until = timestamp_with_time_zone_null("promote_until");
        let table = Table::alter().table("competitions").add_column(until).to_owned();
        manager.alter_table(table).await
    }
}
