//! Personal access tokens, as their hashes.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{cascading, index, one_of, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let personal_tokens = Table::create()
            .table("personal_tokens")
            .col(uuid("id").primary_key())
            // SHA-256 of the token, in hexadecimal.
            .col(text_uniq("hash"))
            .col(uuid("user_id"))
            .col(text("name"))
            .col(text("scope").check(one_of("scope", &["read", "write"])))
            .col(integer("credentials_version"))
            .col(timestamp_with_time_zone("created_at"))
            // NULL for a token that never expires.
            .col(timestamp_with_time_zone_null("expires_at"))
            .col(timestamp_with_time_zone_null("last_used_at"))
            .foreign_key(&mut cascading(("personal_tokens", "user_id"), ("users", "id")))
            .to_owned();
        manager.create_table(personal_tokens).await?;
        manager.create_index(unique("personal_tokens", &["user_id", "name"])).await?;
        manager.create_index(index("personal_tokens", &["expires_at"])).await
    }
}
