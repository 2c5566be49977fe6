//! The words that accounts are found by, folded by the application (ADR 0048).

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend},
    sea_query::Table,
};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Workers fill in the words of accounts that are there.
        let mut words = Table::alter();
        words.table("users").add_column(text("search_words").default(""));
        manager.alter_table(words.to_owned()).await?;
        let db = manager.get_connection();
        // Those that earlier releases create, until they are filled in.
        db.execute_unprepared(
            "CREATE INDEX users_not_indexed_idx ON users (id) WHERE search_words = ''",
        )
        .await?;
        if manager.get_database_backend() == DbBackend::Postgres {
            db.execute_unprepared(
                "CREATE INDEX users_search_words_idx ON users \
                 USING gin (array_to_tsvector(string_to_array(search_words, ' ')))",
            )
            .await?;
        }
        // Messages are searched by words behind a blank. Their texts had line ends as well.
        let line_end = "UPDATE mailbox SET search_text = replace(search_text, '\n', ' ') \
                        WHERE search_text LIKE '%\n%'";
        db.execute_unprepared(line_end).await?;
        Ok(())
    }
}
