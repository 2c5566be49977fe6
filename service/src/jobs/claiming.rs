//! Claiming jobs: from all that are due, or those that a list in Redis named.

use std::{collections::BTreeMap, time::Duration};

use domain::{JobId, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder,
    QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};

use super::{
    Class,
    claim::{Claim, LEASE},
    postpone::postpone_unread,
};
use crate::{
    Context, Result,
    entity::job::{self, State},
    infrastructure::db::bulk::{any_of, update_returning},
};

/// How far the clocks of two processes may be apart: a job that one of them has pushed is not too
/// early for the other.
const CLOCK_SKEW: Duration = Duration::from_secs(1);

/// Which due jobs to claim. A job that has lost a worker (a suspect) is claimed alone, because it
/// may have crashed that worker and would crash jobs that are claimed with it. Suspects and other
/// jobs alternate, so that neither starve.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// The most urgent jobs.
    MostUrgent,
    /// A suspect, if there is one.
    Suspect,
}

/// The result of [`claim_these`].
pub(super) struct Claimed {
    pub(super) claims: Vec<Claim>,
    /// Suspects and unclaimed jobs, whose tickets stay in the processing list of the worker.
    pub(super) left: Vec<JobId>,
    /// The turn of the next call.
    pub(super) next: Turn,
}

/// Claims jobs that are due, of any class, the most urgent first, until they have `limit` items. A
/// job which has lost a worker is claimed alone.
///
/// A job that this program does not know is left for a worker that knows it.
///
/// # Errors
/// When the database fails; the leases of the claimed jobs expire then.
pub async fn claim(ctx: &Context, limit: u64) -> Result<Vec<Claim>> {
    let (claims, _) = claim_of(ctx, &Class::ALL, limit, Turn::MostUrgent).await?;
    Ok(claims)
}

/// The same as [`claim`] for jobs of some classes. Also returns the turn of the next call.
pub(super) async fn claim_of(
    ctx: &Context,
    classes: &[Class],
    limit: u64,
    turn: Turn,
) -> Result<(Vec<Claim>, Turn)> {
    let now = ctx.now();
    // An idle worker looks without a write transaction.
    let any = job::Entity::find().filter(due(now)).filter(ctx.jobs.known(classes));
    if any.one(ctx.db.connection()).await?.is_none() {
        return Ok((Vec::new(), Turn::MostUrgent));
    }
    let tx = ctx.db.begin_read_committed().await?;
    let (mut found, mut items): (Vec<(JobId, i32)>, u64) = (Vec::new(), 0);
    // One priority after the other: an index finds the oldest jobs of each, however many jobs wait
    // with another priority.
    for (priority, kinds) in by_priority(ctx, classes) {
        let left = limit.saturating_sub(items);
        if left == 0 {
            break;
        }
        let next: Vec<(JobId, i32, i32)> = job::Entity::find()
            .select_only()
            .columns([job::Column::Id, job::Column::LostLeases, job::Column::Items])
            .filter(due(now))
            .filter(job::Column::Priority.eq(priority))
            .filter(job::Column::Kind.is_in(kinds))
            .order_by_asc(job::Column::RunAt)
            .limit(left)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
            .into_tuple()
            .all(&*tx)
            .await?;
        for (id, lost_leases, of_job) in next {
            if items >= limit {
                break;
            }
            items += u64::try_from(of_job).unwrap_or_default();
            found.push((id, lost_leases));
        }
    }
    let first_suspect = found.iter().position(|(_, lost_leases)| *lost_leases > 0);
    let (chosen, next) = match first_suspect {
        None => (&found[..], Turn::MostUrgent),
        Some(suspect) if suspect == 0 || turn == Turn::Suspect => {
            (&found[suspect..=suspect], Turn::MostUrgent)
        }
        Some(suspect) => (&found[..suspect], Turn::Suspect),
    };
    let ids = chosen.iter().map(|(id, _)| *id);
    let these = due(now).add(any_of(&*tx, job::Column::Id, ids));
    let rows = mark_active(ctx, &*tx, these).await?;
    tx.commit().await?;
    Ok((read(ctx, rows).await, next))
}

/// Claims those of `ids` that are [`claimable`].
pub(super) async fn claim_these(
    ctx: &Context,
    classes: &[Class],
    ids: &[JobId],
    turn: Turn,
) -> Result<Claimed> {
    if turn == Turn::Suspect
        && let Some(suspect) = suspects(ctx, classes, ids).await?.first().copied()
    {
        let claims = claim_alone(ctx, classes, suspect).await?;
        let left = ids.iter().copied().filter(|id| *id != suspect).collect();
        return Ok(Claimed { claims, left, next: Turn::MostUrgent });
    }
    let unsuspicious = claimable(ctx, classes, ids).add(job::Column::LostLeases.eq(0));
    let rows = mark_active(ctx, &*ctx.db.autocommit().await, unsuspicious).await?;
    let mut left =
        if rows.len() < ids.len() { suspects(ctx, classes, ids).await? } else { Vec::new() };
    if !rows.is_empty() || left.is_empty() {
        let next = if left.is_empty() { Turn::MostUrgent } else { Turn::Suspect };
        return Ok(Claimed { claims: read(ctx, rows).await, left, next });
    }
    let claims = claim_alone(ctx, classes, left.remove(0)).await?;
    Ok(Claimed { claims, left, next: Turn::MostUrgent })
}

async fn claim_alone(ctx: &Context, classes: &[Class], suspect: JobId) -> Result<Vec<Claim>> {
    let rows =
        mark_active(ctx, &*ctx.db.autocommit().await, claimable(ctx, classes, &[suspect])).await?;
    Ok(read(ctx, rows).await)
}

/// The jobs among these that must be claimed alone, the oldest first.
async fn suspects(ctx: &Context, classes: &[Class], ids: &[JobId]) -> Result<Vec<JobId>> {
    let suspects = job::Entity::find()
        .select_only()
        .column(job::Column::Id)
        .filter(claimable(ctx, classes, ids))
        .filter(job::Column::LostLeases.gt(0))
        .order_by_asc(job::Column::RunAt)
        .into_tuple();
    Ok(suspects.all(ctx.db.connection()).await?)
}

/// The jobs in `ids` that are due, in `classes`, and held by no worker.
fn claimable(ctx: &Context, classes: &[Class], ids: &[JobId]) -> Condition {
    let now = (ctx.now().utc() + CLOCK_SKEW).into();
    let ids = any_of(ctx.db.connection(), job::Column::Id, ids.iter().copied());
    due(now).add(ids).add(ctx.jobs.known(classes))
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

/// Moves jobs to active, with a new epoch and lease.
async fn mark_active(
    ctx: &Context,
    db: &impl ConnectionTrait,
    these: Condition,
) -> Result<Vec<job::Model>> {
    let start = job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(State::Active))
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
            Ok(claim) => {
                let wait = (ctx.now().utc() - row.run_at).to_std().unwrap_or_default();
                ctx.jobs.metrics().claimed(&row.kind, wait, claim.items());
                claims.push(claim);
            }
            Err(reason) => postpone_unread(ctx, &row, &reason).await,
        }
    }
    claims
}
