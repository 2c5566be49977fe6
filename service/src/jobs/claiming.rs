//! Claiming jobs: from all that are due, or those that a list in Redis named.

use std::{collections::BTreeMap, time::Duration};

use domain::Timestamp;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};
use uuid::Uuid;

use super::{
    Class,
    claim::{Claim, LEASE},
    postpone::postpone_unread,
    state::State,
};
use crate::{
    Context, Result,
    entity::job,
    infrastructure::db::bulk::{any_of, update_returning},
};

/// How far the clocks of two processes may be apart: a job that one of them has pushed is not too
/// early for the other.
const CLOCK_SKEW: Duration = Duration::from_secs(1);

/// Claims up to `limit` jobs that are due, of any class, the most urgent first. A job that has lost
/// a worker is claimed alone: it may have killed that worker, and would take other jobs with it.
///
/// A job that this program does not know is left for a worker that knows it.
///
/// # Errors
/// When the database fails; the leases of the claimed jobs expire then.
pub async fn claim(ctx: &Context, limit: u64) -> Result<Vec<Claim>> {
    claim_of(ctx, &Class::ALL, limit).await
}

/// The same, for jobs of some classes.
pub(super) async fn claim_of(ctx: &Context, classes: &[Class], limit: u64) -> Result<Vec<Claim>> {
    let now = ctx.now();
    // An idle worker looks without a write transaction.
    let any = job::Entity::find().filter(due(now)).filter(ctx.jobs.known(classes));
    if any.one(ctx.db.connection()).await?.is_none() {
        return Ok(Vec::new());
    }
    let tx = ctx.db.begin_read_committed().await?;
    let mut found: Vec<(Uuid, i32)> = Vec::new();
    // One priority after the other: an index finds the oldest jobs of each, however many jobs wait
    // with another priority.
    for (priority, kinds) in by_priority(ctx, classes) {
        let left = limit.saturating_sub(found.len() as u64);
        if left == 0 {
            break;
        }
        let next: Vec<(Uuid, i32)> = job::Entity::find()
            .select_only()
            .columns([job::Column::Id, job::Column::LostLeases])
            .filter(due(now))
            .filter(job::Column::Priority.eq(priority))
            .filter(job::Column::Kind.is_in(kinds))
            .order_by_asc(job::Column::RunAt)
            .limit(left)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .into_tuple()
            .all(&*tx)
            .await?;
        found.extend(next);
    }
    let unsuspicious = found.iter().take_while(|(_, lost_leases)| *lost_leases == 0).count();
    let ids = found.into_iter().take(unsuspicious.max(1)).map(|(id, _)| id);
    let these = due(now).add(any_of(&*tx, job::Column::Id, ids));
    let rows = start(ctx, &*tx, these).await?;
    tx.commit().await?;
    Ok(read(ctx, rows).await)
}

/// Claims those of some jobs that are due, of these classes, and held by no worker. Answers also
/// with the jobs that were left because they must be claimed alone; when there is no other job, one
/// of them is claimed.
pub(super) async fn claim_these(
    ctx: &Context,
    classes: &[Class],
    ids: &[Uuid],
) -> Result<(Vec<Claim>, Vec<Uuid>)> {
    let (db, id) = (ctx.db.connection(), job::Column::Id);
    let now = (ctx.now().utc() + CLOCK_SKEW).into();
    let these = due(now).add(any_of(db, id, ids.iter().copied())).add(ctx.jobs.known(classes));
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
    Ok((read(ctx, rows).await, suspects))
}

fn by_priority(ctx: &Context, classes: &[Class]) -> BTreeMap<i16, Vec<&'static str>> {
    let mut kinds = BTreeMap::<_, Vec<_>>::new();
    for (kind, route) in ctx.jobs.routes(classes) {
        kinds.entry(route.priority).or_default().push(kind);
    }
    kinds
}

fn due(now: Timestamp) -> Condition {
    Condition::all().add(State::Waiting.is_state()).add(job::Column::RunAt.lte(now.utc()))
}

/// Puts jobs into the hands of a worker.
async fn start(
    ctx: &Context,
    db: &impl ConnectionTrait,
    these: Condition,
) -> Result<Vec<job::Model>> {
    let start = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(State::Active.as_str()))
        .col_expr(job::Column::Epoch, Expr::col(job::Column::Epoch).add(1))
        .col_expr(job::Column::LeaseUntil, Expr::value(ctx.now().utc() + LEASE))
        .filter(these);
    update_returning(db, start).await
}

/// Reads the payloads. One that cannot be read may be of a newer version: its job is left for a
/// worker of that version.
async fn read(ctx: &Context, rows: Vec<job::Model>) -> Vec<Claim> {
    let mut claims = Vec::with_capacity(rows.len());
    for row in rows {
        match ctx.jobs.read(&row) {
            Ok(claim) => claims.push(claim),
            Err(reason) => postpone_unread(ctx, &row, &reason).await,
        }
    }
    claims
}
