//! How much mail an address was sent recently.

use sea_orm_migration::{prelude::*, schema::*};

use crate::index;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let limits = Table::create()
            .table("mail_limits")
            // Who or what is counted; addresses are hashed.
            .col(text("key").primary_key())
            .col(integer("sent"))
            // When counting began.
            .col(timestamp_with_time_zone("since"))
            // The message, where only one is mailed.
            .col(uuid_null("mail_id"))
            .to_owned();
        manager.create_table(limits).await?;
        manager.create_index(index("mail_limits", &["since"])).await
    }
}
