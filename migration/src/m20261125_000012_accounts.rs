//! What it takes to end sessions, to renew tokens, and to set a forgotten password.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{cascading, index, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Grows with every new password: sessions and tokens know the one they were made under. One statement a
        // column, as SQLite wants it.
        let version = integer("credentials_version").default(1).to_owned();
        for column in [version, text_null("time_zone")] {
            manager
                .alter_table(Table::alter().table("users").add_column(column).to_owned())
                .await?;
        }

        let refresh_tokens = Table::create()
            .table("refresh_tokens")
            // SHA-256 of the token, in hexadecimal.
            .col(text("hash").primary_key())
            // One sign-in, and all that was renewed from it.
            .col(uuid("family_id"))
            .col(uuid("user_id"))
            .col(integer("credentials_version"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("used_at"))
            .foreign_key(&mut cascading(("refresh_tokens", "user_id"), ("users", "id")))
            .to_owned();
        manager.create_table(refresh_tokens).await?;
        manager.create_index(index("refresh_tokens", &["family_id"])).await?;
        manager.create_index(index("refresh_tokens", &["user_id"])).await?;
        manager.create_index(index("refresh_tokens", &["expires_at"])).await?;

        let password_resets = Table::create()
            .table("password_resets")
            // SHA-256 of the token in the link, in hexadecimal.
            .col(text("hash").primary_key())
            .col(uuid("user_id"))
            .col(timestamp_with_time_zone("expires_at"))
            .foreign_key(&mut cascading(("password_resets", "user_id"), ("users", "id")))
            .to_owned();
        manager.create_table(password_resets).await?;
        // A new link takes the place of the one before it.
        manager.create_index(unique("password_resets", &["user_id"])).await?;
        manager.create_index(index("password_resets", &["expires_at"])).await
    }
}
