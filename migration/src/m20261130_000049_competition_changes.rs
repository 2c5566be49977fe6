//! Changes of competitions that participants are notified of.

use sea_orm_migration::{prelude::*, schema::*, sea_query::Table};

use crate::{cascading, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let competition = ("competition_changes", "competition_id");
        let table = Table::create()
            .table("competition_changes")
            .col(uuid("id").primary_key())
            .col(uuid("competition_id"))
            .col(json_binary("before"))
            .col(json_binary("after"))
            .col(text_null("note"))
            .col(timestamp_with_time_zone("made_at"))
            .col(timestamp_with_time_zone_null("frozen_at"))
            .foreign_key(&mut cascading(competition, ("competitions", "id")))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(index("competition_changes", &["competition_id", "id"])).await?;
        manager.create_index(index("competition_changes", &["made_at"])).await
    }
}
