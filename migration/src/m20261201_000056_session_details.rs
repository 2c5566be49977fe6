//! The user of a session, and what the list of their sessions shows.

use sea_orm_migration::{prelude::*, schema::*};

use crate::index;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // All are NULL for a visitor, and for a session of an earlier release until it is used.
        let columns = [
            uuid_null("user_id"),
            // Names the session in the list: its id would open it.
            uuid_null("public_id"),
            integer_null("credentials_version"),
            timestamp_with_time_zone_null("logged_in_at"),
            timestamp_with_time_zone_null("last_used_at"),
            text_null("browser"),
            text_null("time_zone"),
        ];
        for column in columns {
            manager
                .alter_table(Table::alter().table("sessions").add_column(column).to_owned())
                .await?;
        }
        manager.create_index(index("sessions", &["user_id", "last_used_at"])).await
    }
}
