//! Registrations.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{cascading, index, one_of, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let registrations = Table::create()
            .table("registrations")
            .col(pk_uuid("id"))
            .col(uuid("user_id"))
            .col(uuid("competition_id"))
            .col(
                text("status")
                    .check(one_of("status", &["PENDING", "CONFIRMED", "CANCELLED", "FAILED"])),
            )
            .col(text_null("idempotency_key"))
            .col(timestamp_with_time_zone("registered_at"))
            .col(timestamp_with_time_zone("updated_at"))
            .col(timestamp_with_time_zone_null("reminded_at"))
            .foreign_key(&mut cascading(("registrations", "user_id"), ("users", "id")))
            .foreign_key(&mut cascading(
                ("registrations", "competition_id"),
                ("competitions", "id"),
            ))
            .to_owned();
        manager.create_table(registrations).await?;
        // Nobody registers twice, whatever the application does.
        manager.create_index(unique("registrations", &["user_id", "competition_id"])).await?;
        // A participant's own, newest first; and a roster, oldest first.
        manager.create_index(index("registrations", &["user_id", "registered_at", "id"])).await?;
        manager
            .create_index(index("registrations", &["competition_id", "registered_at", "id"]))
            .await
    }
}
