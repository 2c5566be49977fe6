//! What the successor of a used refresh token is derived with, for a client that sends the used one
//! a second time.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Nullable and without a default: no row is rewritten.
        let column = Table::alter()
            .table("refresh_tokens")
            .add_column(text_null("successor_salt"))
            .to_owned();
        manager.alter_table(column).await
    }
}
