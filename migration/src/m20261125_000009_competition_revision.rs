//! The version of a competition that clients know.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // `version` grows with every registration: as a base for edits it would be stale at once.
        let revision = Table::alter()
            .table("competitions")
            .add_column(integer("revision").default(1))
            .to_owned();
        manager.alter_table(revision).await
    }
}
