//! Sessions of browsers.

use sea_orm_migration::{prelude::*, schema::*};

use crate::index;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let sessions = Table::create()
            .table("sessions")
            .col(text("id").primary_key())
            .col(text("data"))
            .col(timestamp_with_time_zone("expires_at"))
            .to_owned();
        manager.create_table(sessions).await?;
        manager.create_index(index("sessions", &["expires_at"])).await
    }
}
