//! Approval of registrations, and what organizers decide on them.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{cascading, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One statement for each: SQLite adds a single column at a time. The statuses exist since
        // the migration of waiting lists.
        let awaiting = "awaiting_approval";
        for mut column in [
            boolean("approval_required").default(false).to_owned(),
            integer(awaiting).default(0).check(Expr::col(awaiting).gte(0)).to_owned(),
        ] {
            let table = Table::alter().table("competitions").add_column(&mut column).to_owned();
            manager.alter_table(table).await?;
        }
        // No foreign key: rows of the table refer to registrations.
        let last = uuid_null("last_event_id");
        let table = Table::alter().table("registrations").add_column(last).to_owned();
        manager.alter_table(table).await?;
        let mut actor = ForeignKey::create()
            .name("registration_events_actor_id_fkey")
            .from("registration_events", "actor_id")
            .to("users", "id")
            .on_delete(ForeignKeyAction::SetNull)
            .to_owned();
        let registration = ("registration_events", "registration_id");
        let events = Table::create()
            .table("registration_events")
            .col(uuid("id").primary_key())
            .col(uuid("registration_id"))
            // NULL once the account is deleted.
            .col(uuid_null("actor_id"))
            .col(text("kind"))
            .col(text_null("reason"))
            .col(timestamp_with_time_zone("created_at"))
            .foreign_key(&mut cascading(registration, ("registrations", "id")))
            .foreign_key(&mut actor)
            .to_owned();
        manager.create_table(events).await?;
        manager.create_index(index("registration_events", &["registration_id"])).await?;
        // Deleting an account looks its events up.
        manager.create_index(index("registration_events", &["actor_id"])).await
    }
}
