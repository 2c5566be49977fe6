//! What a job consists of: one job confirms all registrations of a transaction.

use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let items = integer("items").default(1).take();
        manager.alter_table(Table::alter().table("jobs").add_column(items).to_owned()).await
    }
}
