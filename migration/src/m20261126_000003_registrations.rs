//! Registrations.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

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
            // The start date that the last reminder announced.
            .col(timestamp_with_time_zone_null("reminded_start"))
            // When the participant was notified that the competition was cancelled.
            .col(timestamp_with_time_zone_null("cancellation_notified_at"))
            .foreign_key(&mut cascading(("registrations", "user_id"), ("users", "id")))
            .foreign_key(&mut cascading(
                ("registrations", "competition_id"),
                ("competitions", "id"),
            ))
            .to_owned();
        manager.create_table(registrations).await?;
        // The last guard against a second registration, whatever the application does.
        manager.create_index(unique("registrations", &["user_id", "competition_id"])).await?;
        // A participant's own registrations, newest first; and a roster, oldest first.
        manager.create_index(index("registrations", &["user_id", "registered_at", "id"])).await?;
        manager
            .create_index(index("registrations", &["competition_id", "registered_at", "id"]))
            .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            // Every registration is updated when it is confirmed. With room on its page, the update
            // touches no index.
            let room = "ALTER TABLE registrations SET (fillfactor = 50)";
            manager.get_connection().execute_unprepared(room).await?;
        }
        Ok(())
    }
}
