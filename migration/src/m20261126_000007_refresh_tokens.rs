//! Refresh tokens, as their hashes.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{cascading, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let refresh_tokens = Table::create()
            .table("refresh_tokens")
            // SHA-256 of the token, in hexadecimal.
            .col(text("hash").primary_key())
            // One login, and every token that was renewed from it.
            .col(uuid("family_id"))
            .col(uuid("user_id"))
            .col(integer("credentials_version"))
            .col(timestamp_with_time_zone("expires_at"))
            .col(timestamp_with_time_zone_null("used_at"))
            // Derives the successor of a used token, for a client that sends the used one a second
            // time.
            .col(text_null("successor_salt"))
            .foreign_key(&mut cascading(("refresh_tokens", "user_id"), ("users", "id")))
            .to_owned();
        manager.create_table(refresh_tokens).await?;
        manager.create_index(index("refresh_tokens", &["family_id"])).await?;
        manager.create_index(index("refresh_tokens", &["user_id"])).await?;
        manager.create_index(index("refresh_tokens", &["expires_at"])).await
    }
}
