//! Messages of organizers to participants, and how far they have been sent.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{cascading, index};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let competition = ("organizer_messages", "competition_id");
        let table = Table::create()
            .table("organizer_messages")
            .col(uuid("id").primary_key())
            .col(uuid("competition_id"))
            .col(text("subject"))
            .col(text("text"))
            // Names of statuses, separated by commas.
            .col(text("statuses"))
            // The id of a question, a colon and an answer.
            .col(text_null("answer"))
            .col(integer("version"))
            .col(timestamp_with_time_zone("created_at"))
            // NULL for a draft: when the organizer asked to send it, and when it is sent.
            .col(timestamp_with_time_zone_null("requested_at"))
            .col(timestamp_with_time_zone_null("send_at"))
            .col(timestamp_with_time_zone_null("started_at"))
            .col(timestamp_with_time_zone_null("finished_at"))
            .col(timestamp_with_time_zone_null("stopped_at"))
            .col(integer_null("recipients"))
            .col(integer("sent").default(0))
            // The registration that got it last.
            .col(timestamp_with_time_zone_null("last_registered_at"))
            .col(uuid_null("last_registration_id"))
            .foreign_key(&mut cascading(competition, ("competitions", "id")))
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(index("organizer_messages", &["competition_id", "id"])).await
    }
}
