//! Indexes by which rows are found that are no longer needed.

use sea_orm_migration::prelude::*;

use crate::index;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_index(index("job_audits", &["at"])).await?;
        manager.create_index(index("cron_ticks", &["scheduled_at"])).await?;
        // Read and unread messages are kept for different periods.
        let read_at = || Expr::col("read_at");
        for (name, condition) in [
            ("mailbox_read_sent_at_idx", read_at().is_not_null()),
            ("mailbox_unread_sent_at_idx", read_at().is_null()),
        ] {
            let mut partial = index("mailbox", &["sent_at"]);
            manager.create_index(partial.name(name).and_where(condition).to_owned()).await?;
        }
        Ok(())
    }
}
