//! Invitations to competitions.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::ConnectionTrait,
    sea_query::{ForeignKey, ForeignKeyAction, Table},
};

use crate::{cascading, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The invitation stays accepted when the account is deleted.
        let mut accepted_by = ForeignKey::create()
            .name("invitations_accepted_by_fkey")
            .from("invitations", "accepted_by")
            .to("users", "id")
            .on_delete(ForeignKeyAction::SetNull)
            .to_owned();
        let table = Table::create()
            .table("invitations")
            .col(uuid("id").primary_key())
            .col(uuid("competition_id"))
            .col(text("email"))
            .col(text("email_key"))
            .col(text("code"))
            .col(timestamp_with_time_zone("invited_at"))
            .col(uuid_null("accepted_by"))
            .col(timestamp_with_time_zone_null("accepted_at"))
            .col(timestamp_with_time_zone_null("revoked_at"))
            .foreign_key(&mut cascading(("invitations", "competition_id"), ("competitions", "id")))
            .foreign_key(&mut accepted_by)
            .to_owned();
        manager.create_table(table).await?;
        manager.create_index(unique("invitations", &["competition_id", "email_key"])).await?;
        manager.create_index(unique("invitations", &["competition_id", "code"])).await?;
        let accepted = "CREATE INDEX invitations_accepted_by_idx ON invitations \
                        (accepted_by, competition_id) WHERE accepted_by IS NOT NULL";
        manager.get_connection().execute_unprepared(accepted).await?;
        Ok(())
    }
}
