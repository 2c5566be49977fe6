//! Messages to users.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{cascading, index, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mailbox = Table::create()
            .table("mailbox")
            .col(pk_uuid("id"))
            .col(uuid("user_id"))
            .col(text("recipient"))
            .col(text("subject"))
            .col(text("body"))
            // Subject and body in lower case. A search is within one mailbox, which an index finds.
            .col(text("search_text").default(""))
            .col(timestamp_with_time_zone("sent_at"))
            .col(timestamp_with_time_zone_null("read_at"))
            .col(text("dedup_key"))
            .foreign_key(&mut cascading(("mailbox", "user_id"), ("users", "id")))
            .to_owned();
        manager.create_table(mailbox).await?;
        // The last guard against sending a message twice, whatever the application does.
        manager.create_index(unique("mailbox", &["dedup_key"])).await?;
        manager.create_index(index("mailbox", &["user_id", "sent_at", "id"])).await
    }
}
