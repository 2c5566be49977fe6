//! Taking jobs, keeping them, and giving them back.

use std::{collections::HashSet, time::Duration};

use domain::{JobId, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, LockBehavior, LockType},
};
use uuid::Uuid;

use super::{Job, finish::bury};
use crate::{Context, Result, entity::job};

/// How long a claim lasts without a heartbeat.
pub const LEASE: Duration = Duration::from_secs(30);

/// A job in the hands of a worker.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Which job.
    pub id: JobId,
    /// What to do.
    pub job: Job,
    /// Counts the claims of this job; an older epoch than the row's has lost it.
    pub(super) epoch: i32,
}

/// Takes up to `limit` jobs that are due, the most urgent first.
///
/// A job of a kind this program does not know goes to the dead letter queue.
///
/// # Errors
/// When the database fails; then nothing is taken.
pub async fn claim(ctx: &Context, limit: u64) -> Result<Vec<Claim>> {
    let now = ctx.now();
    // An idle worker looks without asking for the right to write.
    if due(now).one(ctx.db.connection()).await?.is_none() {
        return Ok(Vec::new());
    }
    let tx = ctx.db.write_locked().await?;
    let rows = due(now)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(&*tx)
        .await?;
    let mut claims = Vec::with_capacity(rows.len());
    for row in rows {
        match Job::parse(&row.kind, &row.payload) {
            Ok(job) => claims.push(Claim { id: JobId(row.id), job, epoch: row.epoch + 1 }),
            Err(reason) => bury(&*tx, now, row, &reason).await?,
        }
    }
    if !claims.is_empty() {
        job::Entity::update_many()
            .col_expr(job::Column::State, Expr::value("running"))
            .col_expr(job::Column::Epoch, Expr::col(job::Column::Epoch).add(1))
            .col_expr(job::Column::LeaseUntil, Expr::value(now.utc() + LEASE))
            .filter(job::Column::Id.is_in(ids(&claims)))
            .exec(&*tx)
            .await?;
    }
    tx.commit().await?;
    Ok(claims)
}

/// Extends the lease of some claims; answers with those that are still held.
///
/// # Errors
/// When the database fails.
pub async fn extend_lease(ctx: &Context, claims: &[Claim]) -> Result<HashSet<JobId>> {
    job::Entity::update_many()
        .col_expr(job::Column::LeaseUntil, Expr::value(ctx.now().utc() + LEASE))
        .filter(held(claims))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    let kept: Vec<Uuid> = job::Entity::find()
        .select_only()
        .column(job::Column::Id)
        .filter(held(claims))
        .into_tuple()
        .all(ctx.db.connection())
        .await?;
    Ok(kept.into_iter().map(JobId).collect())
}

/// Gives claims back that were not worked on, for another worker to take at once.
///
/// # Errors
/// When the database fails; the leases expire then.
pub async fn hand_back(ctx: &Context, claims: &[Claim]) -> Result<()> {
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value("ready"))
        .col_expr(job::Column::LeaseUntil, Expr::value(None::<Timestamptz>))
        .filter(held(claims))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    ctx.announce_jobs();
    Ok(())
}

/// The type of a null in a column of times.
pub(super) type Timestamptz = chrono::DateTime<chrono::Utc>;

/// The rows of claims that are still in the hands of their worker.
pub(super) fn held(claims: &[Claim]) -> Condition {
    let mut any = Condition::any();
    for claim in claims {
        let id = job::Column::Id.eq(claim.id.0);
        any = any.add(id.and(job::Column::Epoch.eq(claim.epoch)));
    }
    Condition::all().add(job::Column::State.eq("running")).add(any)
}

fn due(now: Timestamp) -> Select<job::Entity> {
    job::Entity::find()
        .filter(job::Column::State.eq("ready"))
        .filter(job::Column::RunAt.lte(now.utc()))
        .order_by_asc(job::Column::Priority)
        .order_by_asc(job::Column::RunAt)
}

fn ids(claims: &[Claim]) -> Vec<Uuid> {
    claims.iter().map(|claim| claim.id.0).collect()
}
