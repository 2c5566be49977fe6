//! Accounts that an operator has disabled.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let disabled_at = timestamp_with_time_zone_null("disabled_at");
        let table = Table::alter().table("users").add_column(disabled_at).to_owned();
        manager.alter_table(table).await
    }
}
