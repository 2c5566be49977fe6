//! Which messages an address gets in its mailbox only, and the key of its links that unsubscribe.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{index, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let preferences = Table::create()
            .table("mail_preferences")
            // The address, hashed: also one that has no account.
            .col(text("recipient").primary_key())
            .col(text("unsubscribe_key"))
            // Names of kinds, separated by commas.
            .col(text("mailbox_only"))
            .col(timestamp_with_time_zone("used_at"))
            .to_owned();
        manager.create_table(preferences).await?;
        manager.create_index(unique("mail_preferences", &["unsubscribe_key"])).await?;
        manager.create_index(index("mail_preferences", &["used_at"])).await
    }
}
