//! The second role of users.

use sea_orm_migration::{prelude::*, schema::*, sea_query::Table};

use crate::one_of;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let role = text_null("second_role")
            .check(one_of("second_role", &["PARTICIPANT", "ORGANIZER"]))
            .to_owned();
        manager.alter_table(Table::alter().table("users").add_column(role).to_owned()).await
    }
}
