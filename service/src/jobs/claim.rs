//! Taking jobs, keeping them, and giving them back.

use std::{
    collections::{BTreeMap, HashSet},
    time::Duration,
};

use domain::{JobId, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};
use uuid::Uuid;

use super::{Job, finish::bury, state::State};
use crate::{
    Context, Result,
    db::bulk::{any_of, update_returning},
    entity::job,
};

/// How long a claim lasts without a heartbeat.
pub const LEASE: Duration = Duration::from_secs(30);
/// How far the clocks of two machines may be apart: who is given a job by another does not find it early.
const CLOCK_SKEW: Duration = Duration::from_secs(1);

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

/// Takes up to `limit` jobs that are due, the most urgent first. A job that has lost a worker is taken alone: it may be
/// what killed it, and would take the others with it.
///
/// A job of a kind this program does not know goes to the dead letter queue.
///
/// # Errors
/// When the database fails; the leases of what was taken expire then.
pub async fn claim(ctx: &Context, limit: u64) -> Result<Vec<Claim>> {
    let now = ctx.now();
    let found = job::Entity::find().filter(due(now));
    // An idle worker looks without asking for the right to write.
    if found.clone().one(ctx.db.connection()).await?.is_none() {
        return Ok(Vec::new());
    }
    let tx = ctx.db.write_locked().await?;
    let found: Vec<(Uuid, i32)> = found
        .select_only()
        .columns([job::Column::Id, job::Column::LostLeases])
        .order_by_asc(job::Column::Priority)
        .order_by_asc(job::Column::RunAt)
        .limit(limit)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(&*tx)
        .await?;
    let unsuspicious = found.iter().take_while(|(_, lost_leases)| *lost_leases == 0).count();
    let ids = found.into_iter().take(unsuspicious.max(1)).map(|(id, _)| id);
    let these = due(now).add(any_of(&*tx, job::Column::Id, ids));
    let rows = start(ctx, &*tx, these).await?;
    tx.commit().await?;
    read(ctx, rows).await
}

/// Takes those of some jobs that are due and in nobody's hands. Answers also with those that were left for later
/// because they are to be taken alone; when there is nothing else, one of them is taken.
pub(super) async fn claim_these(ctx: &Context, ids: &[Uuid]) -> Result<(Vec<Claim>, Vec<Uuid>)> {
    let (db, id) = (ctx.db.connection(), job::Column::Id);
    let now = (ctx.now().utc() + CLOCK_SKEW).into();
    let these = due(now).add(any_of(db, id, ids.iter().copied()));
    let unsuspicious = these.clone().add(job::Column::LostLeases.eq(0));
    let mut rows = start(ctx, &*ctx.db.autocommit().await, unsuspicious).await?;
    let mut suspects: Vec<Uuid> = Vec::new();
    if rows.len() < ids.len() {
        let left = these.add(job::Column::LostLeases.gt(0));
        let left = job::Entity::find().select_only().column(id).filter(left).into_tuple();
        suspects = left.all(db).await?;
    }
    if rows.is_empty()
        && let Some(first) = suspects.pop()
    {
        let alone = due(now).add(id.eq(first));
        rows = start(ctx, &*ctx.db.autocommit().await, alone).await?;
    }
    Ok((read(ctx, rows).await?, suspects))
}

/// Extends the lease of some claims; answers with those that are still held.
///
/// # Errors
/// When the database fails.
pub async fn extend_lease(ctx: &Context, claims: &[Claim]) -> Result<HashSet<JobId>> {
    let db = ctx.db.autocommit().await;
    let extend = job::Entity::update_many()
        .col_expr(job::Column::LeaseUntil, Expr::value(ctx.now().utc() + LEASE))
        .filter(held(&*db, claims));
    let kept = update_returning(&*db, extend).await?;
    Ok(kept.into_iter().map(|row| JobId(row.id)).collect())
}

/// Gives claims back that were not worked on, for another worker to take at once.
///
/// # Errors
/// When the database fails; the leases expire then.
pub async fn hand_back(ctx: &Context, claims: &[Claim]) -> Result<()> {
    let db = ctx.db.autocommit().await;
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(State::Ready.as_str()))
        .col_expr(job::Column::LeaseUntil, Expr::value(None::<Timestamptz>))
        .col_expr(job::Column::EnqueuedAt, Expr::value(None::<Timestamptz>))
        .filter(held(&*db, claims))
        .exec(&*db)
        .await?;
    ctx.announce_jobs();
    Ok(())
}

/// The type of a null in a column of times.
pub(super) type Timestamptz = chrono::DateTime<chrono::Utc>;

/// The rows of claims that are still in the hands of their worker. Claims of one batch nearly always have one epoch,
/// and so the statement nearly always has one text.
pub(super) fn held(db: &impl ConnectionTrait, claims: &[Claim]) -> Condition {
    let mut by_epoch = BTreeMap::<i32, Vec<Uuid>>::new();
    for claim in claims {
        by_epoch.entry(claim.epoch).or_default().push(claim.id.0);
    }
    let mut any = Condition::any();
    for (epoch, ids) in by_epoch {
        any = any.add(job::Column::Epoch.eq(epoch).and(any_of(db, job::Column::Id, ids)));
    }
    Condition::all().add(State::Running.is_state()).add(any)
}

fn due(now: Timestamp) -> Condition {
    Condition::all().add(State::Ready.is_state()).add(job::Column::RunAt.lte(now.utc()))
}

/// Puts jobs into the hands of a worker.
async fn start(
    ctx: &Context,
    db: &impl ConnectionTrait,
    these: Condition,
) -> Result<Vec<job::Model>> {
    let start = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(State::Running.as_str()))
        .col_expr(job::Column::Epoch, Expr::col(job::Column::Epoch).add(1))
        .col_expr(job::Column::LeaseUntil, Expr::value(ctx.now().utc() + LEASE))
        .filter(these);
    update_returning(db, start).await
}

/// What there is to do. Nobody can do a job of an unknown kind, so it is given up.
async fn read(ctx: &Context, rows: Vec<job::Model>) -> Result<Vec<Claim>> {
    let mut claims = Vec::with_capacity(rows.len());
    for mut row in rows {
        match Job::parse(&row.kind, &row.payload) {
            Ok(job) => claims.push(Claim { id: JobId(row.id), job, epoch: row.epoch }),
            Err(reason) => {
                row.attempts += 1;
                let tx = ctx.db.write_locked().await?;
                bury(&*tx, ctx.now(), row, &reason).await?;
                tx.commit().await?;
            }
        }
    }
    Ok(claims)
}
