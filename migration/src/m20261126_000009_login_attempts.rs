//! Recent failed logins, counted by account and by address.

use sea_orm_migration::{prelude::*, schema::*};

use crate::index;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let attempts = Table::create()
            .table("login_attempts")
            // A hash of the account or address, because users may type a password into the field
            // for their email.
            .col(text("key").primary_key())
            .col(integer("failures"))
            // When counting began.
            .col(timestamp_with_time_zone("since"))
            .to_owned();
        manager.create_table(attempts).await?;
        manager.create_index(index("login_attempts", &["since"])).await
    }
}
