//! The responses to requests that carried an `Idempotency-Key`.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{cascading, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let logs = Table::create()
            .table("idempotency_logs")
            .col(uuid("user_id"))
            .col(text("key"))
            // SHA-256 of the request, in hexadecimal.
            .col(text("fingerprint"))
            .col(text("body"))
            .col(timestamp_with_time_zone("created_at"))
            .primary_key(Index::create().col("user_id").col("key"))
            .foreign_key(&mut cascading(("idempotency_logs", "user_id"), ("users", "id")))
            .to_owned();
        manager.create_table(logs).await?;
        manager.create_index(index("idempotency_logs", &["created_at"])).await
    }
}
