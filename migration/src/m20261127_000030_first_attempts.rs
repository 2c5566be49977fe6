//! When the first attempt of a delivery was: what a receiver asks for with `Retry-After` is granted
//! for as long as its attempts would take without it.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let column = timestamp_with_time_zone_null("first_attempt_at");
        let table = Table::alter().table("webhook_deliveries").add_column(column).to_owned();
        manager.alter_table(table).await
    }
}
