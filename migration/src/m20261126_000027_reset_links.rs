//! Several links to set a new password may be good at a time.

use sea_orm_migration::{prelude::*, schema::*};

use crate::index;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let one =
            Index::drop().name("password_resets_user_id_key").table("password_resets").to_owned();
        manager.drop_index(one).await?;
        manager.create_index(index("password_resets", &["user_id"])).await?;
        // The job that sends it; nothing for a link that an operator made.
        let job =
            Table::alter().table("password_resets").add_column(uuid_null("job_id")).to_owned();
        manager.alter_table(job).await
    }
}
