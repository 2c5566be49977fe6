//! Taking jobs back from workers that are gone.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QuerySelect, Select,
    Set,
    sea_query::{LockBehavior, LockType},
};

use super::finish::bury;
use crate::{Context, Result, entity::job};

/// A job that outlives this many workers may well be what kills them.
const MAX_LOST_LEASES: i32 = 3;
/// Jobs taken back by one transaction.
const BATCH: u64 = 500;

/// Makes jobs whose lease has expired ready again; answers with how many. One that has lost more than
/// three workers goes to the dead letter queue.
///
/// # Errors
/// When the database fails.
pub async fn sweep(ctx: &Context) -> Result<usize> {
    let now = ctx.now();
    let expired = |select: Select<job::Entity>| {
        select
            .filter(job::Column::State.eq("running"))
            .filter(job::Column::LeaseUntil.lt(now.utc()))
    };
    if expired(job::Entity::find()).one(ctx.db.connection()).await?.is_none() {
        return Ok(0);
    }
    let tx = ctx.db.write_locked().await?;
    let rows = expired(job::Entity::find())
        .limit(BATCH)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(&*tx)
        .await?;
    let swept = rows.len();
    for row in rows {
        let lost_leases = row.lost_leases + 1;
        if lost_leases > MAX_LOST_LEASES {
            let reason = format!("{lost_leases} workers died or hung while they had this job");
            bury(&*tx, now, row, &reason).await?;
            continue;
        }
        tracing::warn!(job.id = %row.id, job.kind = row.kind, lost_leases, "lease expired, job is ready again");
        let mut row = row.into_active_model();
        row.state = Set("ready".to_owned());
        row.lost_leases = Set(lost_leases);
        row.lease_until = Set(None);
        row.update(&*tx).await?;
    }
    tx.commit().await?;
    if swept > 0 {
        ctx.announce_jobs();
    }
    Ok(swept)
}
