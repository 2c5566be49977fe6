//! Questions that organizers ask, and the answers of participants.

use sea_orm_migration::{prelude::*, schema::*, sea_query::Table};

use crate::{cascading, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let version = integer("questions_version").default(0).to_owned();
        let table = Table::alter().table("competitions").add_column(version).to_owned();
        manager.alter_table(table).await?;
        let questions = Table::create()
            .table("questions")
            .col(uuid("id").primary_key())
            .col(uuid("competition_id"))
            .col(integer("position"))
            .col(text("kind"))
            .col(text("label"))
            .col(text_null("help"))
            .col(boolean("required"))
            // One on each line.
            .col(text("options"))
            .col(text_null("link"))
            .col(boolean("removed"))
            .foreign_key(&mut cascading(("questions", "competition_id"), ("competitions", "id")))
            .to_owned();
        manager.create_table(questions).await?;
        manager.create_index(index("questions", &["competition_id"])).await?;
        let answers = Table::create()
            .table("answers")
            .col(uuid("registration_id"))
            .col(uuid("question_id"))
            // One row for each chosen option.
            .col(integer("position"))
            .col(text("value"))
            .primary_key(Index::create().col("registration_id").col("question_id").col("position"))
            .foreign_key(&mut cascading(("answers", "registration_id"), ("registrations", "id")))
            .foreign_key(&mut cascading(("answers", "question_id"), ("questions", "id")))
            .to_owned();
        manager.create_table(answers).await?;
        // Deleting a competition deletes the answers to its questions.
        manager.create_index(index("answers", &["question_id"])).await
    }
}
