//! Competitions and their tags.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{cascading, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let competitions = Table::create()
            .table("competitions")
            .col(pk_uuid("id"))
            .col(uuid("organizer_id"))
            .col(text("title"))
            // The title in lower case, made by the application, to sort by.
            .col(text("title_key"))
            .col(text("description"))
            // Title and description in lower case, made by the application.
            .col(text("search_text"))
            .col(integer("capacity").check(Expr::col("capacity").gte(1)))
            .col(integer("registered").default(0))
            .col(timestamp_with_time_zone("reg_deadline"))
            .col(timestamp_with_time_zone_null("start_date"))
            // Incremented by every change, registrations included: the base of a compare-and-set.
            .col(integer("version").default(1))
            // Incremented by every edit: the version that clients see. They do not use `version`,
            // because every registration increments it.
            .col(integer("revision").default(1))
            // The name of an IANA time zone.
            .col(text("time_zone").default("UTC"))
            .col(timestamp_with_time_zone_null("reg_opens_at"))
            .col(timestamp_with_time_zone_null("cancelled_at"))
            // When the start date was last changed.
            .col(timestamp_with_time_zone_null("start_changed_at"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("updated_at"))
            // The last guard against overselling, whatever the application does.
            .check(Expr::col("registered").between(0, Expr::col("capacity")))
            .foreign_key(&mut cascading(("competitions", "organizer_id"), ("users", "id")))
            .to_owned();
        manager.create_table(competitions).await?;
        // The list in each of its orders, and an organizer's own competitions.
        manager.create_index(index("competitions", &["created_at", "id"])).await?;
        manager.create_index(index("competitions", &["reg_deadline", "id"])).await?;
        manager.create_index(index("competitions", &["start_date", "id"])).await?;
        manager.create_index(index("competitions", &["title_key", "id"])).await?;
        manager.create_index(index("competitions", &["organizer_id", "created_at", "id"])).await?;

        let tags = Table::create()
            .table("competition_tags")
            .col(uuid("competition_id"))
            // The tag in lower case, to compare; and as the organizer typed it, to show.
            .col(text("tag"))
            .col(text("label"))
            .col(small_integer("position"))
            .primary_key(Index::create().col("competition_id").col("tag"))
            .foreign_key(&mut cascading(
                ("competition_tags", "competition_id"),
                ("competitions", "id"),
            ))
            .to_owned();
        manager.create_table(tags).await?;
        manager.create_index(index("competition_tags", &["tag", "competition_id"])).await
    }
}
