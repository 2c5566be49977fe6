//! Waiting lists: who waits for a seat, and in which order.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend},
    sea_query::Table,
};

use crate::{cascading, index, one_of, unique};

/// Every status that a registration may have, including those that later releases write.
const STATUSES: [&str; 7] =
    ["PENDING", "CONFIRMED", "CANCELLED", "FAILED", "WAITLISTED", "AWAITING_APPROVAL", "REJECTED"];

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // One statement for each: SQLite adds a single column at a time. The number of the last
        // registration that joined the list is not taken back when it leaves.
        for name in ["waitlist_capacity", "waitlisted", "last_waitlist_number"] {
            let column = integer(name).default(0).check(Expr::col(name).gte(0)).to_owned();
            let table = Table::alter().table("competitions").add_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        let number = Table::alter()
            .table("registrations")
            .add_column(integer_null("waitlist_number"))
            .to_owned();
        manager.alter_table(number).await?;
        accept_statuses(manager).await?;
        // The list in its order; no two registrations have the same number. Its condition is not
        // on the status: confirming a registration would have to update the index.
        let line = "CREATE UNIQUE INDEX registrations_waitlist_key ON registrations \
                    (competition_id, waitlist_number) WHERE waitlist_number IS NOT NULL";
        manager.get_connection().execute_unprepared(line).await?;
        Ok(())
    }
}

/// Replaces the constraint on the status.
async fn accept_statuses(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let db = manager.get_connection();
    if manager.get_database_backend() == DbBackend::Postgres {
        let statuses = STATUSES.map(|status| format!("'{status}'")).join(", ");
        let replace = format!(
            "ALTER TABLE registrations DROP CONSTRAINT registrations_status_check, \
             ADD CONSTRAINT registrations_status_check CHECK (status IN ({statuses}))"
        );
        db.execute_unprepared(&replace).await?;
        return Ok(());
    }
    // SQLite cannot change a constraint: the rows move to a new table. No table refers to it.
    let table = Table::create()
        .table("registrations_new")
        .col(pk_uuid("id"))
        .col(uuid("user_id"))
        .col(uuid("competition_id"))
        .col(text("status").check(one_of("status", &STATUSES)))
        .col(text_null("idempotency_key"))
        .col(timestamp_with_time_zone("registered_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone_null("reminded_at"))
        .col(timestamp_with_time_zone_null("reminded_start"))
        .col(timestamp_with_time_zone_null("cancellation_notified_at"))
        .col(integer_null("waitlist_number"))
        .foreign_key(&mut cascading(("registrations", "user_id"), ("users", "id")))
        .foreign_key(&mut cascading(("registrations", "competition_id"), ("competitions", "id")))
        .to_owned();
    manager.create_table(table).await?;
    let columns = "id, user_id, competition_id, status, idempotency_key, registered_at, \
                   updated_at, reminded_at, reminded_start, cancellation_notified_at, \
                   waitlist_number";
    let copy =
        format!("INSERT INTO registrations_new ({columns}) SELECT {columns} FROM registrations");
    db.execute_unprepared(&copy).await?;
    db.execute_unprepared("DROP TABLE registrations").await?;
    db.execute_unprepared("ALTER TABLE registrations_new RENAME TO registrations").await?;
    manager.create_index(unique("registrations", &["user_id", "competition_id"])).await?;
    manager.create_index(index("registrations", &["user_id", "registered_at", "id"])).await?;
    manager.create_index(index("registrations", &["competition_id", "registered_at", "id"])).await
}
