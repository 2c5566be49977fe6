//! Indexes that hold the jobs of one state each, and what it takes to put dead jobs back.

use sea_orm_migration::{
    prelude::*,
    schema::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::{index, one_of, unique};

#[derive(DeriveMigrationName)]
pub(super) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for old in [
            "jobs_state_priority_run_at_idx",
            "jobs_state_lease_until_idx",
            "jobs_state_finished_at_idx",
            "jobs_dedup_key_key",
        ] {
            manager.drop_index(Index::drop().name(old).table("jobs").to_owned()).await?;
        }
        // A job changes its state twice in its life, and nearly all jobs there are are done. So claiming, relaying,
        // sweeping and purging each have an index of those jobs only that they look for.
        for (columns, state) in [
            (["priority", "run_at"].as_slice(), "ready"),
            (&["enqueued_at", "run_at"], "ready"),
            (&["lease_until"], "running"),
            (&["finished_at"], "done"),
        ] {
            let partial = index("jobs", columns).and_where(Expr::col("state").eq(state)).to_owned();
            manager.create_index(partial).await?;
        }
        let dedup = unique("jobs", &["dedup_key"])
            .and_where(Expr::col("dedup_key").is_not_null())
            .to_owned();
        manager.create_index(dedup).await?;

        // Goes on counting where the job left off.
        let epoch =
            Table::alter().table("failed_jobs").add_column(integer("epoch").default(0)).to_owned();
        manager.alter_table(epoch).await?;

        let audits = Table::create()
            .table("job_audits")
            .col(pk_uuid("id"))
            .col(uuid("job_id"))
            .col(text("action").check(one_of("action", &["revived"])))
            // The id of an administrator, or `console`.
            .col(text("actor"))
            .col(timestamp_with_time_zone("at"))
            .to_owned();
        manager.create_table(audits).await?;
        manager.create_index(index("job_audits", &["job_id", "at"])).await?;

        if manager.get_database_backend() == DbBackend::Postgres {
            // Every registration is updated when it is confirmed. With room on its page that touches no index.
            let room = "ALTER TABLE registrations SET (fillfactor = 50)";
            manager.get_connection().execute_unprepared(room).await?;
        }
        Ok(())
    }
}
