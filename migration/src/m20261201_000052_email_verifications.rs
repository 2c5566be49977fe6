//! Addresses that the owners of accounts have verified, those that they are to verify, and those
//! that take no mail.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::ConnectionTrait};

use crate::{cascading, index, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let verified_at = timestamp_with_time_zone_null("email_verified_at");
        let refused_at = timestamp_with_time_zone_null("email_refused_at");
        // SQLite adds one column at a time.
        for column in [verified_at, refused_at] {
            let users = Table::alter().table("users").add_column(column).to_owned();
            manager.alter_table(users).await?;
        }
        // Accounts that were sent mail until now are sent mail from now on.
        let known = "UPDATE users SET email_verified_at = created_at WHERE email <> ''";
        manager.get_connection().execute_unprepared(known).await?;
        let held_at = timestamp_with_time_zone_null("held_at");
        let mailbox = Table::alter().table("mailbox").add_column(held_at).to_owned();
        manager.alter_table(mailbox).await?;
        let verifications = Table::create()
            .table("email_verifications")
            .col(uuid("user_id").primary_key())
            .col(text("email"))
            .col(text("email_key"))
            // NULL until the mail is written.
            .col(text_null("link_hash"))
            .col(text_null("code_hash"))
            .col(integer("tries_left"))
            .col(timestamp_with_time_zone("asked_at"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("refused_at"))
            .foreign_key(&mut cascading(("email_verifications", "user_id"), ("users", "id")))
            .to_owned();
        manager.create_table(verifications).await?;
        manager.create_index(unique("email_verifications", &["link_hash"])).await?;
        manager.create_index(index("email_verifications", &["expires_at"])).await
    }
}
