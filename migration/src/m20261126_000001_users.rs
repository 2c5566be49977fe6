//! Accounts.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{one_of, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let users = Table::create()
            .table("users")
            .col(pk_uuid("id"))
            .col(text("email"))
            // The address in lower case, made by the application: SQLite's lower() knows ASCII
            // only.
            .col(text("email_key"))
            .col(text("name"))
            // Name and address in lower case, to search rosters by.
            .col(text("search_text"))
            .col(text("role").check(one_of("role", &["PARTICIPANT", "ORGANIZER", "ADMIN"])))
            .col(text("password_hash"))
            // Incremented by every new password: sessions and tokens hold the one they were issued
            // under.
            .col(integer("credentials_version").default(1))
            // The name of an IANA time zone.
            .col(text_null("time_zone"))
            .col(timestamp_with_time_zone("created_at"))
            .to_owned();
        manager.create_table(users).await?;
        manager.create_index(unique("users", &["email_key"])).await
    }
}
