//! When organizers are notified of what, and what they have been notified of.

use sea_orm_migration::{prelude::*, schema::*};

use crate::cascading;

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let user = ("organizer_notice_choices", "user_id");
        let choices = Table::create()
            .table("organizer_notice_choices")
            .col(uuid("user_id").primary_key())
            .col(text("registrations"))
            .col(text("cancellations"))
            .col(text("became_full"))
            .col(text("waitlist_empty"))
            // When the last daily notice was made, or would have been.
            .col(timestamp_with_time_zone_null("digested_at"))
            .foreign_key(&mut cascading(user, ("users", "id")))
            .to_owned();
        manager.create_table(choices).await?;
        let competition = ("organizer_notices", "competition_id");
        let notices = Table::create()
            .table("organizer_notices")
            .col(uuid("competition_id"))
            // AT_ONCE or DAILY: each has seen the competition as it was at another time.
            .col(text("timing"))
            .col(timestamp_with_time_zone("seen_until"))
            .col(integer("seen_version"))
            .col(boolean("was_full"))
            .col(boolean("had_waiting"))
            .col(timestamp_with_time_zone_null("noticed_at"))
            .primary_key(Index::create().col("competition_id").col("timing"))
            .foreign_key(&mut cascading(competition, ("competitions", "id")))
            .to_owned();
        manager.create_table(notices).await
    }
}
