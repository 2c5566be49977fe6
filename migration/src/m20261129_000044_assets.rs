//! Uploaded pictures, and the covers of competitions.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend},
    sea_query::{ForeignKey, ForeignKeyAction, Table},
};

use crate::{index, one_of};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The files outlive the account, until they are deleted as those of an unused picture.
        let mut owner = ForeignKey::create()
            .name("assets_owner_id_fkey")
            .from("assets", "owner_id")
            .to("users", "id")
            .on_delete(ForeignKeyAction::SetNull)
            .to_owned();
        let table = Table::create()
            .table("assets")
            .col(uuid("id").primary_key())
            .col(uuid_null("owner_id"))
            .col(text("content_hash"))
            .col(integer("width"))
            .col(integer("height"))
            .col(text("state").check(one_of("state", &["STORING", "STORED", "DELETING"])))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("used_at"))
            .foreign_key(&mut owner)
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(index("assets", &["owner_id", "created_at"])).await?;
        manager.create_index(index("assets", &["state", "used_at"])).await?;
        let db = manager.get_connection();
        // SQLite adds no foreign key later.
        let id = match db.get_database_backend() {
            DbBackend::Sqlite => "uuid_text",
            _ => "uuid",
        };
        for statement in [
            &*format!("ALTER TABLE competitions ADD COLUMN cover_id {id} REFERENCES assets (id)"),
            "ALTER TABLE competitions ADD COLUMN cover_alt text",
            "ALTER TABLE competitions ADD COLUMN cover_focus text \
             CHECK (cover_focus IN ('TOP_LEFT', 'TOP', 'TOP_RIGHT', 'LEFT', 'CENTER', 'RIGHT', \
                 'BOTTOM_LEFT', 'BOTTOM', 'BOTTOM_RIGHT'))",
            "CREATE INDEX competitions_cover_id_idx ON competitions (cover_id) \
             WHERE cover_id IS NOT NULL",
        ] {
            db.execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
