//! Addresses that the owners of accounts have proved, and those that they are to prove.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::ConnectionTrait};

use crate::{cascading, index, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let proved_at = timestamp_with_time_zone_null("email_proved_at");
        let users = Table::alter().table("users").add_column(proved_at).to_owned();
        manager.alter_table(users).await?;
        // Accounts that were sent mail until now are sent mail from now on.
        let known = "UPDATE users SET email_proved_at = created_at WHERE email <> ''";
        manager.get_connection().execute_unprepared(known).await?;
        let proofs = Table::create()
            .table("email_proofs")
            .col(uuid("user_id").primary_key())
            .col(text("email"))
            .col(text("email_key"))
            // NULL until the mail is written.
            .col(text_null("link_hash"))
            .col(text_null("code_hash"))
            .col(integer("tries_left"))
            .col(timestamp_with_time_zone("expires_at"))
            .foreign_key(&mut cascading(("email_proofs", "user_id"), ("users", "id")))
            .to_owned();
        manager.create_table(proofs).await?;
        manager.create_index(unique("email_proofs", &["link_hash"])).await?;
        manager.create_index(index("email_proofs", &["expires_at"])).await
    }
}
