//! Webhooks of organizers, the deliveries to them, and which competitions have any.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{cascading, index, one_of, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Whether an enabled webhook may want the events of the competition. Admission reads it
        // with the row, so that a competition without webhooks costs nothing.
        let flag = Table::alter()
            .table("competitions")
            .add_column(boolean("has_webhooks").default(false))
            .to_owned();
        manager.alter_table(flag).await?;
        create_webhooks(manager).await?;
        create_deliveries(manager).await
    }
}

async fn create_webhooks(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let webhooks = Table::create()
        .table("webhooks")
        .col(pk_uuid("id"))
        .col(uuid("organizer_id"))
        // NULL: all competitions of the organizer.
        .col(uuid_null("competition_id"))
        .col(text("url"))
        .col(text("description"))
        // Names separated by blanks; empty: all.
        .col(text("event_types"))
        .col(text("secret"))
        // Signs as well until the time beside it.
        .col(text_null("previous_secret"))
        .col(timestamp_with_time_zone_null("previous_secret_until"))
        .col(boolean("enabled").default(true))
        .col(
            text_null("disabled_reason")
                .check(one_of("disabled_reason", &["ORGANIZER", "GONE", "FAILING", "BACKLOG"])),
        )
        .col(integer("failures").default(0))
        .col(timestamp_with_time_zone_null("failing_since"))
        // No request is sent before.
        .col(timestamp_with_time_zone_null("paused_until"))
        // The job that sends requests now, so that each webhook has one.
        .col(uuid_null("claimed_by"))
        .col(timestamp_with_time_zone_null("claimed_until"))
        // The job that was added for later attempts, and when it is due.
        .col(uuid_null("wake_job"))
        .col(timestamp_with_time_zone_null("wakes_at"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .foreign_key(&mut cascading(("webhooks", "organizer_id"), ("users", "id")))
        .foreign_key(&mut cascading(("webhooks", "competition_id"), ("competitions", "id")))
        .to_owned();
    manager.create_table(webhooks).await?;
    manager.create_index(index("webhooks", &["organizer_id", "created_at"])).await?;
    manager.create_index(index("webhooks", &["competition_id"])).await
}

async fn create_deliveries(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let deliveries = Table::create()
        .table("webhook_deliveries")
        .col(pk_uuid("id"))
        .col(uuid("webhook_id"))
        .col(uuid("event_id"))
        .col(text("event_type"))
        // Text, not JSON: every attempt signs and sends the same bytes.
        .col(text("payload"))
        .col(text("status").check(one_of("status", &["PENDING", "DELIVERED", "FAILED"])))
        .col(integer("attempts").default(0))
        .col(timestamp_with_time_zone_null("next_attempt_at"))
        .col(timestamp_with_time_zone_null("last_attempt_at"))
        .col(integer_null("response_status"))
        .col(integer_null("duration_ms"))
        .col(text_null("response_body"))
        .col(text_null("error"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut cascading(("webhook_deliveries", "webhook_id"), ("webhooks", "id")))
        .to_owned();
    manager.create_table(deliveries).await?;
    // The last guard against sending an event twice, whatever the application does.
    manager.create_index(unique("webhook_deliveries", &["webhook_id", "event_id"])).await?;
    manager.create_index(index("webhook_deliveries", &["webhook_id", "created_at", "id"])).await?;
    manager.create_index(index("webhook_deliveries", &["created_at"])).await?;
    let pending = index("webhook_deliveries", &["webhook_id", "attempts", "id"])
        .and_where(Expr::col("status").eq("PENDING"))
        .to_owned();
    manager.create_index(pending).await
}
