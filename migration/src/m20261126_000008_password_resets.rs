//! Links that set a new password, as the hashes of their tokens.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{cascading, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let password_resets = Table::create()
            .table("password_resets")
            // SHA-256 of the token in the link, in hexadecimal.
            .col(text("hash").primary_key())
            .col(uuid("user_id"))
            .col(timestamp_with_time_zone("expires_at"))
            // The job that mails the link; NULL for a link that an operator made.
            .col(uuid_null("job_id"))
            .foreign_key(&mut cascading(("password_resets", "user_id"), ("users", "id")))
            .to_owned();
        manager.create_table(password_resets).await?;
        // Several links of a user may be valid at a time.
        manager.create_index(index("password_resets", &["user_id"])).await?;
        manager.create_index(index("password_resets", &["expires_at"])).await
    }
}
