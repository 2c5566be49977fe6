//! When a competition begins and ceases to take registrations, and in which time zone its people think.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One column a statement: SQLite adds no more.
        for column in [
            // The name of an IANA time zone.
            text("time_zone").default("UTC").to_owned(),
            timestamp_with_time_zone_null("reg_opens_at"),
            timestamp_with_time_zone_null("cancelled_at"),
        ] {
            let column = Table::alter().table("competitions").add_column(column).to_owned();
            manager.alter_table(column).await?;
        }
        // When the participant was told that the competition was cancelled.
        let told = Table::alter()
            .table("registrations")
            .add_column(timestamp_with_time_zone_null("cancellation_told_at"))
            .to_owned();
        manager.alter_table(told).await
    }
}
