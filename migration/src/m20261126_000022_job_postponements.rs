//! How often a job was put off because what it needs was away. That is no attempt: it only decides
//! on the pause.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // A constant default is kept in the catalogue: no row is written.
        let column =
            Table::alter().table("jobs").add_column(integer("postponements").default(0)).to_owned();
        manager.alter_table(column).await
    }
}
