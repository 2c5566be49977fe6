//! The ticks of the schedule that have fired.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let ticks = Table::create()
            .table("cron_ticks")
            .col(text("name"))
            .col(timestamp_with_time_zone("scheduled_at"))
            .col(timestamp_with_time_zone("fired_at"))
            // Any number of workers may try; one of them fires a tick.
            .primary_key(Index::create().col("name").col("scheduled_at"))
            .to_owned();
        manager.create_table(ticks).await
    }
}
