//! Background jobs, and those that were given up.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{index, one_of, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let jobs = Table::create()
            .table("jobs")
            .col(pk_uuid("id"))
            .col(text("kind"))
            .col(json_binary("payload"))
            .col(text("state").check(one_of("state", &["ready", "running", "done"])))
            .col(small_integer("priority"))
            // Failures the handler reported, and claims whose worker was never heard of again.
            .col(integer("attempts").default(0))
            .col(integer("lost_leases").default(0))
            .col(integer("max_attempts"))
            .col(timestamp_with_time_zone("run_at"))
            .col(timestamp_with_time_zone_null("lease_until"))
            // Grows with every claim: who holds an old epoch has lost the job.
            .col(integer("epoch").default(0))
            .col(text_null("last_error"))
            .col(text_null("dedup_key"))
            .col(timestamp_with_time_zone("created_at"))
            // When the id was handed to the queue; for a dispatcher that has one.
            .col(timestamp_with_time_zone_null("enqueued_at"))
            .col(timestamp_with_time_zone_null("finished_at"))
            .to_owned();
        manager.create_table(jobs).await?;
        manager.create_index(unique("jobs", &["dedup_key"])).await?;
        // Claiming takes the most urgent, sweeping the expired, purging the oldest.
        manager.create_index(index("jobs", &["state", "priority", "run_at"])).await?;
        manager.create_index(index("jobs", &["state", "lease_until"])).await?;
        manager.create_index(index("jobs", &["state", "finished_at"])).await?;

        let failed_jobs = Table::create()
            .table("failed_jobs")
            .col(pk_uuid("id"))
            .col(text("kind"))
            .col(json_binary("payload"))
            .col(small_integer("priority"))
            .col(integer("attempts"))
            .col(integer("max_attempts"))
            .col(text("last_error"))
            .col(text_null("dedup_key"))
            .col(timestamp_with_time_zone("created_at"))
            .col(timestamp_with_time_zone("failed_at"))
            .to_owned();
        manager.create_table(failed_jobs).await?;
        manager.create_index(index("failed_jobs", &["failed_at"])).await
    }
}
