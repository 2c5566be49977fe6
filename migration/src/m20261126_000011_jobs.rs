//! Background jobs, dead letters, and what operators did to them.

use sea_orm_migration::{prelude::*, schema::*};

use crate::{index, one_of, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        create_jobs(manager).await?;
        create_failed_jobs(manager).await?;
        create_job_audits(manager).await
    }
}

async fn create_jobs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let jobs = Table::create()
        .table("jobs")
        .col(pk_uuid("id"))
        .col(text("kind"))
        .col(json_binary("payload"))
        .col(text("state").check(one_of("state", &["ready", "running", "done"])))
        .col(small_integer("priority"))
        // Failures that the handler reported, and claims whose worker was never heard of again.
        .col(integer("attempts").default(0))
        .col(integer("lost_leases").default(0))
        .col(integer("max_attempts"))
        // How often a dependency was unavailable. It decides the next delay and is no attempt.
        .col(integer("postponements").default(0))
        .col(timestamp_with_time_zone("run_at"))
        .col(timestamp_with_time_zone_null("lease_until"))
        // Incremented by every claim: a worker with an old epoch has lost the job.
        .col(integer("epoch").default(0))
        .col(text_null("last_error"))
        .col(text_null("dedup_key"))
        .col(timestamp_with_time_zone("created_at"))
        // When the relay pushed the job into Redis. Stays NULL for a job that was pushed by the
        // process that added it, and claimed before the relay ran.
        .col(timestamp_with_time_zone_null("enqueued_at"))
        .col(timestamp_with_time_zone_null("finished_at"))
        .to_owned();
    manager.create_table(jobs).await?;
    // A job changes its state twice, and nearly all stored jobs are done. So claiming, relaying,
    // sweeping and purging each have an index of only the jobs in the state that they look for.
    for (columns, state) in [
        (["priority", "run_at"].as_slice(), "ready"),
        (&["enqueued_at", "run_at"], "ready"),
        (&["lease_until"], "running"),
        (&["finished_at"], "done"),
    ] {
        let partial = index("jobs", columns).and_where(Expr::col("state").eq(state)).to_owned();
        manager.create_index(partial).await?;
    }
    let dedup =
        unique("jobs", &["dedup_key"]).and_where(Expr::col("dedup_key").is_not_null()).to_owned();
    manager.create_index(dedup).await
}

/// The dead letters.
async fn create_failed_jobs(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let failed_jobs = Table::create()
        .table("failed_jobs")
        .col(pk_uuid("id"))
        .col(text("kind"))
        .col(json_binary("payload"))
        .col(small_integer("priority"))
        .col(integer("attempts"))
        .col(integer("max_attempts"))
        // A retried dead letter keeps its epoch, so that claims from before stay invalid.
        .col(integer("epoch").default(0))
        .col(text("last_error"))
        .col(text_null("dedup_key"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("failed_at"))
        .to_owned();
    manager.create_table(failed_jobs).await?;
    manager.create_index(index("failed_jobs", &["failed_at"])).await
}

async fn create_job_audits(manager: &SchemaManager<'_>) -> Result<(), DbErr> {
    let audits = Table::create()
        .table("job_audits")
        .col(pk_uuid("id"))
        .col(uuid("job_id"))
        .col(text("action").check(one_of("action", &["revived", "discarded"])))
        // The id of an administrator, or `console`.
        .col(text("actor"))
        .col(timestamp_with_time_zone("at"))
        .to_owned();
    manager.create_table(audits).await?;
    manager.create_index(index("job_audits", &["job_id", "at"])).await
}
