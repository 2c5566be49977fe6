//! The addresses at which calendars read the registrations of a user, as hashes of their keys.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{cascading, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let calendar_feeds = Table::create()
            .table("calendar_feeds")
            .col(uuid("user_id").primary_key())
            // SHA-256 of the key, in hexadecimal.
            .col(text_uniq("hash"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone_null("last_read_at"))
            .foreign_key(&mut cascading(("calendar_feeds", "user_id"), ("users", "id")))
            .to_owned();
        manager.create_table(calendar_feeds).await?;
        manager.create_index(index("calendar_feeds", &["last_read_at", "created_at"])).await
    }
}
