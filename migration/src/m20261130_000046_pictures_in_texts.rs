//! The pictures that the texts of competitions show.

use sea_orm_migration::{prelude::*, schema::*, sea_query::Table};

use crate::{cascading, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let competition = ("competition_pictures", "competition_id");
        // An earlier release deletes pictures that only a text shows.
        let asset = ("competition_pictures", "asset_id");
        let table = Table::create()
            .table("competition_pictures")
            .col(uuid("competition_id"))
            .col(uuid("asset_id"))
            .primary_key(Index::create().col("competition_id").col("asset_id"))
            .foreign_key(&mut cascading(competition, ("competitions", "id")))
            .foreign_key(&mut cascading(asset, ("assets", "id")))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(index("competition_pictures", &["asset_id"])).await
    }
}
