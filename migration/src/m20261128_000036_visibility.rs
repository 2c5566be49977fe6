//! Who can see a competition, and indexes for the lists of those that everyone finds.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend},
    sea_query::Table,
};

use crate::one_of;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let visibility = text("visibility")
            .default("PUBLIC")
            .check(one_of("visibility", &["DRAFT", "UNLISTED", "PUBLIC"]))
            .to_owned();
        // Whether it was ever visible to others, so that its publication is announced once.
        let was_published = boolean("was_published").default(true).to_owned();
        // One statement for each: SQLite adds a single column at a time.
        for column in [visibility, was_published] {
            let table = Table::alter().table("competitions").add_column(column).to_owned();
            manager.alter_table(table).await?;
        }
        // Listed competitions, with what each order of the list compares, as in
        // `competitions_open_idx`, which the earlier release still reads. SQLite has no INCLUDE,
        // and reads the columns of the condition.
        let listed = match manager.get_database_backend() {
            DbBackend::Postgres => "(reg_deadline) INCLUDE (id, created_at, start_date, title_key)",
            _ => "(reg_deadline, id, created_at, start_date, title_key, cancelled_at, visibility)",
        };
        let db = manager.get_connection();
        db.execute_unprepared(&format!(
            "CREATE INDEX competitions_listed_idx ON competitions {listed} \
             WHERE cancelled_at IS NULL AND visibility = 'PUBLIC'"
        ))
        .await?;
        // Drafts are few: whether a competition is one is looked up here.
        db.execute_unprepared(
            "CREATE INDEX competitions_draft_idx ON competitions (id) WHERE visibility = 'DRAFT'",
        )
        .await?;
        Ok(())
    }
}
