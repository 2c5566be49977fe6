//! Sessions of browsers.

use sea_orm_migration::{prelude::*, schema::*};

use crate::index;

/// The most bytes of a session. The application keeps to less; this is the last guard.
const MAX_BYTES: i32 = 160 * 1024;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let bytes = Func::cust("octet_length").arg(Expr::col("data"));
        let sessions = Table::create()
            .table("sessions")
            // SHA-256 of the id in the browser's cookie.
            .col(text("id").primary_key())
            .col(text("data").check(Expr::expr(bytes).lte(MAX_BYTES)))
            .col(timestamp_with_time_zone("expires_at"))
            .to_owned();
        manager.create_table(sessions).await?;
        manager.create_index(index("sessions", &["expires_at"])).await
    }
}
