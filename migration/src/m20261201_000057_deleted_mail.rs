//! When a user deleted a message. Its row stays for a while, so that the user can restore it, and
//! so that no job sends it again.

use sea_orm_migration::{prelude::*, schema::*};

use crate::index;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let deleted_at = timestamp_with_time_zone_null("deleted_at");
        let mailbox = Table::alter().table("mailbox").add_column(deleted_at).to_owned();
        manager.alter_table(mailbox).await?;
        let mut deleted = index("mailbox", &["deleted_at"]);
        deleted.and_where(Expr::col("deleted_at").is_not_null());
        manager.create_index(deleted.to_owned()).await
    }
}
