//! The index of words that competitions are searched by. The application folds the words, so both
//! databases find the same (ADR 0048).

use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend, sea_query::Table};

use crate::{cascading, index, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let is_postgres = manager.get_database_backend() == DbBackend::Postgres;
        let mut entries = Table::create();
        entries.table("competition_search");
        if !is_postgres {
            // The full-text index refers to rows by number, which `VACUUM` keeps for such a key.
            entries.col(ColumnDef::new("id").integer().primary_key());
        }
        entries
            .col(uuid("competition_id"))
            // The revision of the competition whose words these are.
            .col(integer("revision"))
            // Words, separated by blanks.
            .col(text("title_words"))
            .col(text("other_words"))
            .foreign_key(&mut cascading(
                ("competition_search", "competition_id"),
                ("competitions", "id"),
            ));
        manager.create_table(entries.to_owned()).await?;
        manager.create_index(unique("competition_search", &["competition_id"])).await?;
        let sql = if is_postgres { POSTGRES } else { SQLITE };
        for statement in sql {
            manager.get_connection().execute_unprepared(statement).await?;
        }

        // Every word of the index, to find the one that a misspelt word is meant to be: a word with
        // one mistake has the same first half or the same second half.
        let terms = Table::create()
            .table("search_terms")
            .col(text("term").primary_key())
            .col(text("reversed"))
            .to_owned();
        manager.create_table(terms).await?;
        if is_postgres {
            // Ranges of words by their bytes, whatever the language of the database.
            let bytes = "ALTER TABLE search_terms ALTER COLUMN term TYPE text COLLATE \"C\", \
                         ALTER COLUMN reversed TYPE text COLLATE \"C\"";
            manager.get_connection().execute_unprepared(bytes).await?;
        }
        manager.create_index(index("search_terms", &["reversed"])).await
    }
}

/// Lexemes are the words as they are: a dictionary would fold them again.
const POSTGRES: &[&str] = &[
    "ALTER TABLE competition_search \
     ADD COLUMN title_document tsvector NOT NULL GENERATED ALWAYS AS \
         (array_to_tsvector(string_to_array(title_words, ' '))) STORED, \
     ADD COLUMN document tsvector NOT NULL GENERATED ALWAYS AS \
         (array_to_tsvector(string_to_array(title_words, ' ') || \
          string_to_array(other_words, ' '))) STORED",
    "CREATE INDEX competition_search_title_document_idx ON competition_search \
     USING gin (title_document)",
    "CREATE INDEX competition_search_document_idx ON competition_search USING gin (document)",
];

const SQLITE: &[&str] = &[
    "CREATE VIRTUAL TABLE competition_search_index USING fts5(title_words, other_words, \
     content = 'competition_search', content_rowid = 'id', prefix = '2 3', \
     tokenize = 'unicode61 remove_diacritics 0')",
    "CREATE TRIGGER competition_search_inserted AFTER INSERT ON competition_search BEGIN \
     INSERT INTO competition_search_index (rowid, title_words, other_words) \
     VALUES (new.id, new.title_words, new.other_words); END",
    "CREATE TRIGGER competition_search_deleted AFTER DELETE ON competition_search BEGIN \
     INSERT INTO competition_search_index \
         (competition_search_index, rowid, title_words, other_words) \
     VALUES ('delete', old.id, old.title_words, old.other_words); END",
];
