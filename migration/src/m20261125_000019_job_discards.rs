//! Jobs can be discarded, and that is noted like everything that somebody does to a job.

use sea_orm_migration::{prelude::*, schema::*, sea_orm::ConnectionTrait};

use crate::{index, one_of};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // SQLite cannot change a CHECK, so the table is made anew.
        let audits = Table::create()
            .table("job_audits_next")
            .col(pk_uuid("id"))
            .col(uuid("job_id"))
            .col(text("action").check(one_of("action", &["revived", "discarded"])))
            // The id of an administrator, or `console`.
            .col(text("actor"))
            .col(timestamp_with_time_zone("at"))
            .to_owned();
        manager.create_table(audits).await?;
        let columns = "id, job_id, action, actor, \"at\"";
        let copy =
            format!("INSERT INTO job_audits_next ({columns}) SELECT {columns} FROM job_audits");
        manager.get_connection().execute_unprepared(&copy).await?;
        manager.drop_table(Table::drop().table("job_audits").to_owned()).await?;
        let rename = Table::rename().table("job_audits_next", "job_audits").to_owned();
        manager.rename_table(rename).await?;
        manager.create_index(index("job_audits", &["job_id", "at"])).await
    }
}
