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

use super::{
    Class, Job,
    class::{Route, routes},
    postpone::postpone_unread,
    state::State,
};
use crate::{
    Context, Result,
    db::bulk::{any_of, update_returning},
    entity::job,
};

/// How long a claim lasts without a heartbeat.
pub const LEASE: Duration = Duration::from_secs(30);
/// How far what two processes take for the time may be apart: who is given a job by another does
/// not find it early.
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
    /// How often the job was put off since it last failed.
    pub(super) postponements: i32,
}

impl Claim {
    /// Tells this claim from every other one, those of the same job included.
    pub fn key(&self) -> ClaimKey {
        (self.id, self.epoch)
    }

    /// How often the job was put off since it last failed.
    pub fn postponements(&self) -> u32 {
        self.postponements.try_into().unwrap_or_default()
    }
}

/// A job, and which of its claims is meant.
pub type ClaimKey = (JobId, i32);

/// Takes up to `limit` jobs that are due, whatever their class, the most urgent first. A job that
/// has lost a worker is taken alone: it may be what killed it, and would take the others with it.
///
/// A job that this program does not know is left for a worker that knows it.
///
/// # Errors
/// When the database fails; the leases of what was taken expire then.
pub async fn claim(ctx: &Context, limit: u64) -> Result<Vec<Claim>> {
    claim_of(ctx, &Class::ALL, limit).await
}

/// The same, for jobs of some classes.
pub(super) async fn claim_of(ctx: &Context, classes: &[Class], limit: u64) -> Result<Vec<Claim>> {
    let now = ctx.now();
    // An idle worker looks without asking for the right to write.
    let any = job::Entity::find().filter(due(now)).filter(known(classes));
    if any.one(ctx.db.connection()).await?.is_none() {
        return Ok(Vec::new());
    }
    let tx = ctx.db.begin_read_committed().await?;
    let mut found: Vec<(Uuid, i32)> = Vec::new();
    // One priority after the other: an index finds the oldest jobs of each, however many wait with
    // others.
    for (priority, kinds) in by_priority(classes) {
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

/// Takes those of some jobs that are due, of these classes and in nobody's hands. Answers also with
/// those that were left for later because they are to be taken alone; when there is nothing else,
/// one of them is taken.
pub(super) async fn claim_these(
    ctx: &Context,
    classes: &[Class],
    ids: &[Uuid],
) -> Result<(Vec<Claim>, Vec<Uuid>)> {
    let (db, id) = (ctx.db.connection(), job::Column::Id);
    let now = (ctx.now().utc() + CLOCK_SKEW).into();
    let these = due(now).add(any_of(db, id, ids.iter().copied())).add(known(classes));
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

/// Extends the lease of some claims; answers with those that are still held.
///
/// # Errors
/// When the database fails.
pub async fn extend_lease(ctx: &Context, claims: &[Claim]) -> Result<HashSet<ClaimKey>> {
    let db = ctx.db.autocommit().await;
    let extend = job::Entity::update_many()
        .col_expr(job::Column::LeaseUntil, Expr::value(ctx.now().utc() + LEASE))
        .filter(held(&*db, claims));
    let kept = update_returning(&*db, extend).await?;
    Ok(kept.into_iter().map(|row| (JobId(row.id), row.epoch)).collect())
}

/// Notes that a worker lost these jobs because it could not reach the database, and not because of
/// a job: the lost leases do not count.
///
/// # Errors
/// When the database fails.
pub async fn excuse_lost_leases(ctx: &Context, claims: &[Claim]) -> Result<()> {
    let db = ctx.db.autocommit().await;
    job::Entity::update_many()
        .col_expr(job::Column::LostLeases, Expr::col(job::Column::LostLeases).sub(1))
        .filter(any_of(&*db, job::Column::Id, claims.iter().map(|claim| claim.id.0)))
        .filter(job::Column::LostLeases.gt(0))
        .exec(&*db)
        .await?;
    Ok(())
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

/// The rows of claims that are still in the hands of their worker.
pub(super) fn held(db: &impl ConnectionTrait, claims: &[Claim]) -> Condition {
    held_at(db, claims.iter().map(|claim| (claim.id.0, claim.epoch)))
}

/// The rows of jobs that are still claimed at these epochs. Claims of one batch nearly always have
/// one epoch, and so the statement nearly always has one text.
pub(super) fn held_at(
    db: &impl ConnectionTrait,
    claims: impl IntoIterator<Item = (Uuid, i32)>,
) -> Condition {
    let mut by_epoch = BTreeMap::<i32, Vec<Uuid>>::new();
    for (id, epoch) in claims {
        by_epoch.entry(epoch).or_default().push(id);
    }
    let mut any = Condition::any();
    for (epoch, ids) in by_epoch {
        any = any.add(job::Column::Epoch.eq(epoch).and(any_of(db, job::Column::Id, ids)));
    }
    Condition::all().add(State::Running.is_state()).add(any)
}

/// Jobs that this program knows, of some classes.
pub(super) fn known(classes: &[Class]) -> Condition {
    let priorities = routes(classes).map(|route| route.priority);
    let any = routes(classes).fold(Condition::any(), |any, Route { kind, priority, .. }| {
        any.add(job::Column::Kind.eq(*kind).and(job::Column::Priority.eq(*priority)))
    });
    // The priorities again: an index begins with them.
    Condition::all().add(job::Column::Priority.is_in(priorities)).add(any)
}

fn by_priority(classes: &[Class]) -> BTreeMap<i16, Vec<&'static str>> {
    let mut kinds = BTreeMap::<_, Vec<_>>::new();
    for route in routes(classes) {
        kinds.entry(route.priority).or_default().push(route.kind);
    }
    kinds
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

/// What there is to do. A payload that cannot be read may be one of a newer version: it is left for
/// that.
async fn read(ctx: &Context, rows: Vec<job::Model>) -> Vec<Claim> {
    let mut claims = Vec::with_capacity(rows.len());
    for row in rows {
        match Job::parse(&row.kind, &row.payload) {
            Ok(job) => {
                let (id, epoch, postponements) = (JobId(row.id), row.epoch, row.postponements);
                claims.push(Claim { id, job, epoch, postponements });
            }
            Err(reason) => postpone_unread(ctx, &row, &reason).await,
        }
    }
    claims
}
