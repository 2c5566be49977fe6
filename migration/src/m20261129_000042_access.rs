//! Who can register for a competition, and the access codes of competitions.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::ConnectionTrait, sea_query::Table};

use crate::{cascading, one_of};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let access = text("access")
            .default("OPEN")
            .check(one_of("access", &["OPEN", "CODE", "INVITATION"]))
            .to_owned();
        let table = Table::alter().table("competitions").add_column(access).to_owned();
        manager.alter_table(table).await?;
        let codes = Table::create()
            .table("access_codes")
            .col(uuid("competition_id"))
            .col(text("code"))
            .col(integer("position"))
            // Null is any number.
            .col(integer_null("max_uses"))
            .primary_key(Index::create().col("competition_id").col("code"))
            .foreign_key(&mut cascading(("access_codes", "competition_id"), ("competitions", "id")))
            .to_owned();
        manager.create_table(codes).await?;
        // Not a reference: the code may be removed, and the registration stays.
        let code =
            Table::alter().table("registrations").add_column(text_null("access_code")).to_owned();
        manager.alter_table(code).await?;
        // The uses of a code. Its condition is not on the status: confirming a registration would
        // have to update the index.
        let uses = "CREATE INDEX registrations_access_code_idx ON registrations \
                    (competition_id, access_code) WHERE access_code IS NOT NULL";
        manager.get_connection().execute_unprepared(uses).await?;
        Ok(())
    }
}
