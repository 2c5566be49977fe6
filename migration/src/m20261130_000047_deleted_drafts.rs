//! The drafts that their organizers have deleted, for the clean-up.

use sea_orm_migration::prelude::*;

use crate::index;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut deleted = index("competitions", &["cancelled_at"]);
        let deleted = deleted
            .name("competitions_deleted_drafts_idx")
            .and_where(Expr::col("visibility").eq("DRAFT"))
            .and_where(Expr::col("cancelled_at").is_not_null());
        manager.create_index(deleted.to_owned()).await
    }
}
