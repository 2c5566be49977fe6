//! The dead letters: jobs that are out of attempts, which an operator retries or discards.

use std::collections::HashSet;

use domain::{DeadLetter, ErrorCode, JobId, Page, Paging, PublicError, Timestamp};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, ModelTrait, Order, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Set,
    sea_query::{LockBehavior, LockType},
};

use super::{Operator, Ticket, reason::shortened, relay::push_tickets};
use crate::{
    Context, Error, Result,
    entity::{
        failed_job,
        job::{self, State},
        job_audit::{self, Action},
    },
    infrastructure::{
        db::{self, WriteTx, bulk},
        ids::new_id,
        keyset::{Keyset, in_order_of},
    },
    slice::{Cursor, Position, Slice},
};

/// The dead letters of a list without a cursor, at most.
pub const MAX_LISTED: u64 = 500;
/// Dead letters that one transaction retries or discards.
const BATCH: u64 = 100;
/// The most dead letters that one call of [`retry_all`] retries.
pub const MAX_RETRIED: usize = 1_000;

/// The dead letters, the latest first.
///
/// # Errors
/// Unauthorized; Forbidden.
pub async fn dead_letters(ctx: &Context, operator: Operator<'_>) -> Result<Vec<DeadLetter>> {
    Ok(dead_letters_after(ctx, operator, &Cursor::first(MAX_LISTED)).await?.items)
}

/// The same in the part at `cursor`.
///
/// # Errors
/// Unauthorized; Forbidden.
pub async fn dead_letters_after(
    ctx: &Context,
    operator: Operator<'_>,
    cursor: &Cursor,
) -> Result<Slice<DeadLetter>> {
    operator.authorize_read()?;
    let rows = latest_first().part(failed_job::Entity::find(), cursor)?;
    let rows = rows.all(&*ctx.db.for_lists().await?).await?;
    let position = |row: &failed_job::Model| Position::at_time(row.failed_at, row.id.0);
    Slice::cut(rows, cursor.limit, position).try_map(|row| Ok(view(row)))
}

/// One page of the dead letters, the latest first.
///
/// # Errors
/// Unauthorized; Forbidden.
pub async fn dead_letters_on_page(
    ctx: &Context,
    operator: Operator<'_>,
    paging: Paging,
) -> Result<Page<DeadLetter>> {
    operator.authorize_read()?;
    let db = &*ctx.db.for_lists().await?;
    let all = failed_job::Entity::find;
    let total = all().count(db).await?;
    let ids: Vec<JobId> = latest_first().ids(db, all(), paging.range(), total).await?;
    let these = bulk::any_of(db, failed_job::Column::Id, ids.iter().copied());
    let rows = in_order_of(&ids, all().filter(these).all(db).await?, |row| row.id);
    let items = rows.into_iter().map(view).collect();
    Ok(Page { items, total, page: paging.page, limit: paging.limit })
}

fn latest_first() -> Keyset {
    use failed_job::Column::{FailedAt, Id};
    let column = |column| (failed_job::Entity, column);
    Keyset::by_time(column(FailedAt), column(Id), Order::Desc)
}

/// Moves a dead letter back to the jobs, with its attempts counted from 0, and records the
/// operator.
///
/// The job keeps its dedup key, unless the cause has added another job with the same key since the
/// dead letter left the table: then it is retried without a key.
///
/// # Errors
/// Unauthorized; Forbidden; [`ErrorCode::JobNotFound`].
pub async fn retry(ctx: &Context, operator: Operator<'_>, id: JobId) -> Result<()> {
    let actor = operator.authorize_write()?;
    // A unique violation means that the key was taken after the check.
    let ticket = db::retry(|| attempt_retry(ctx, &actor, id)).await?;
    tracing::info!(job.id = %id, "dead letter retried");
    push_tickets(ctx, vec![ticket]);
    Ok(())
}

async fn attempt_retry(ctx: &Context, actor: &str, id: JobId) -> Result<Ticket> {
    let tx = ctx.db.begin_read_committed().await?;
    let dead = find(&tx, id).await?;
    let tickets = move_back(ctx, &tx, actor, vec![dead]).await?;
    tx.commit().await?;
    tickets.into_iter().next().ok_or(Error::Conflict)
}

/// Moves dead letters back to the jobs, and records the operator. Of several with the same dedup
/// key, the first keeps it.
async fn move_back(
    ctx: &Context,
    tx: &WriteTx<'_>,
    actor: &str,
    dead: Vec<failed_job::Model>,
) -> Result<Vec<Ticket>> {
    let keys: Vec<String> = dead.iter().filter_map(|dead| dead.dedup_key.clone()).collect();
    let same = job::Entity::find()
        .select_only()
        .column(job::Column::DedupKey)
        .filter(bulk::any_of(&**tx, job::Column::DedupKey, keys));
    let taken: Vec<Option<String>> = same.into_tuple().all(&**tx).await?;
    let mut taken: HashSet<String> = taken.into_iter().flatten().collect();
    remove(ctx, tx, actor, Action::Retried, &dead).await?;
    let now = ctx.now().utc();
    let rows: Vec<_> = dead
        .into_iter()
        .map(|dead| job::Model {
            max_attempts: max_attempts(ctx, &dead),
            items: ctx.jobs.items(&dead.kind, &dead.payload),
            dedup_key: dead.dedup_key.filter(|key| taken.insert(key.clone())),
            id: dead.id,
            kind: dead.kind,
            payload: dead.payload,
            state: State::Waiting,
            priority: dead.priority,
            attempts: 0,
            lost_leases: 0,
            postponements: 0,
            run_at: now,
            lease_until: None,
            epoch: dead.epoch,
            last_error: Some(dead.last_error),
            created_at: dead.created_at,
            enqueued_at: None,
            finished_at: None,
            request_id: dead.request_id,
            traceparent: dead.traceparent,
        })
        .collect();
    let tickets = rows.iter().map(|row| Ticket::of(ctx, row)).collect();
    bulk::insert(&**tx, rows).await?;
    Ok(tickets)
}

/// The attempts of a job that is retried: an older version may have allowed fewer.
fn max_attempts(ctx: &Context, dead: &failed_job::Model) -> i32 {
    let known = ctx.jobs.find(&dead.kind);
    known.map_or(dead.max_attempts, |job| job.spec.max_attempts.max(dead.max_attempts))
}

/// Which dead letters to retry or discard.
#[derive(Clone, Debug)]
pub struct DeadLetterFilter {
    /// Only jobs of this type.
    pub kind: Option<String>,
    /// Only jobs that were added before.
    pub added_before: Option<Timestamp>,
    /// Only jobs that have failed by then: a job that is retried and fails again is left alone.
    pub failed_by: Timestamp,
}

impl DeadLetterFilter {
    /// All dead letters of now.
    pub fn all(ctx: &Context) -> Self {
        Self { kind: None, added_before: None, failed_by: ctx.now() }
    }

    /// A batch of them, the oldest first. Those that another operator has locked are left out.
    async fn lock_batch(&self, tx: &WriteTx<'_>) -> Result<Vec<failed_job::Model>> {
        let rows = failed_job::Entity::find()
            .filter(self.condition())
            .order_by_asc(failed_job::Column::FailedAt)
            .order_by_asc(failed_job::Column::Id)
            .limit(BATCH)
            .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
        Ok(rows.all(&**tx).await?)
    }

    fn condition(&self) -> Condition {
        use failed_job::Column::{CreatedAt, FailedAt, Kind};
        Condition::all()
            .add(FailedAt.lte(self.failed_by.utc()))
            .add_option(self.kind.as_deref().map(|kind| Kind.eq(kind)))
            .add_option(self.added_before.map(|time| CreatedAt.lt(time.utc())))
    }
}

/// How many dead letters match.
///
/// # Errors
/// Unauthorized; Forbidden.
pub async fn count_dead_letters(
    ctx: &Context,
    operator: Operator<'_>,
    filter: &DeadLetterFilter,
) -> Result<u64> {
    operator.authorize_read()?;
    let found = failed_job::Entity::find().filter(filter.condition());
    Ok(found.count(ctx.db.connection()).await?)
}

/// Retries up to 100 dead letters in one transaction; returns how many. 0 means that none is left.
///
/// # Errors
/// Unauthorized; Forbidden.
pub async fn retry_batch(
    ctx: &Context,
    operator: Operator<'_>,
    filter: &DeadLetterFilter,
) -> Result<usize> {
    let actor = operator.authorize_write()?;
    let tickets = db::retry(|| async {
        let tx = ctx.db.begin_read_committed().await?;
        let dead = filter.lock_batch(&tx).await?;
        let tickets = move_back(ctx, &tx, &actor, dead).await?;
        tx.commit().await?;
        Ok(tickets)
    })
    .await?;
    let count = tickets.len();
    if count > 0 {
        tracing::info!(jobs = count, "dead letters retried");
    }
    push_tickets(ctx, tickets);
    Ok(count)
}

/// Discards up to 100 dead letters in one transaction; returns how many. 0 means that none is left.
///
/// # Errors
/// Unauthorized; Forbidden.
pub async fn discard_batch(
    ctx: &Context,
    operator: Operator<'_>,
    filter: &DeadLetterFilter,
) -> Result<usize> {
    let actor = operator.authorize_write()?;
    let tx = ctx.db.begin_read_committed().await?;
    let dead = filter.lock_batch(&tx).await?;
    remove(ctx, &tx, &actor, Action::Discarded, &dead).await?;
    tx.commit().await?;
    if !dead.is_empty() {
        tracing::info!(jobs = dead.len(), "dead letters discarded");
    }
    Ok(dead.len())
}

/// Retries the dead letters of now, the oldest first and at most [`MAX_RETRIED`]; returns how many.
///
/// # Errors
/// Unauthorized; Forbidden. Dead letters that were retried by then stay so.
pub async fn retry_all(ctx: &Context, operator: Operator<'_>) -> Result<usize> {
    let filter = DeadLetterFilter::all(ctx);
    let mut retried = 0;
    while retried < MAX_RETRIED {
        match retry_batch(ctx, operator, &filter).await? {
            0 => break,
            batch => retried += batch,
        }
    }
    Ok(retried)
}

/// One dead letter.
///
/// # Errors
/// Unauthorized; Forbidden; [`ErrorCode::JobNotFound`].
pub async fn dead_letter(ctx: &Context, operator: Operator<'_>, id: JobId) -> Result<DeadLetter> {
    operator.authorize_read()?;
    let found = failed_job::Entity::find_by_id(id).one(ctx.db.connection()).await?;
    Ok(view(found.ok_or_else(not_found)?))
}

/// Deletes a dead letter, and records the operator. `named` is the kind of the job that the
/// operator has typed on the page to confirm.
///
/// # Errors
/// Unauthorized; Forbidden; [`ErrorCode::JobNotFound`]; [`ErrorCode::ValidationFailed`] on `kind`
/// for another name.
pub async fn discard(
    ctx: &Context,
    operator: Operator<'_>,
    id: JobId,
    named: Option<&str>,
) -> Result<()> {
    let actor = operator.authorize_write()?;
    let tx = ctx.db.begin_read_committed().await?;
    let dead = find(&tx, id).await?;
    if named.is_some_and(|named| named.trim() != dead.kind) {
        let message = format!("Type {} to discard this job", dead.kind);
        return Err(PublicError::on_field(ErrorCode::ValidationFailed, "kind", &message).into());
    }
    let kind = dead.kind.clone();
    remove(ctx, &tx, &actor, Action::Discarded, &[dead]).await?;
    tx.commit().await?;
    tracing::info!(job.id = %id, job.kind = kind, "dead letter discarded");
    Ok(())
}

/// A dead letter, locked until the transaction ends.
async fn find(tx: &WriteTx<'_>, id: JobId) -> Result<failed_job::Model> {
    let found = failed_job::Entity::find_by_id(id).lock_exclusive().one(&**tx).await?;
    Ok(found.ok_or_else(not_found)?)
}

/// Deletes dead letters, and records what an operator did to them.
async fn remove(
    ctx: &Context,
    tx: &WriteTx<'_>,
    actor: &str,
    action: Action,
    dead: &[failed_job::Model],
) -> Result<()> {
    let audits = dead.iter().map(|dead| job_audit::Model {
        id: new_id(),
        job_id: dead.id,
        action,
        actor: actor.to_owned(),
        at: ctx.now().utc(),
    });
    bulk::insert(&**tx, audits.collect()).await?;
    let ids = dead.iter().map(|dead| dead.id);
    failed_job::Entity::delete_many()
        .filter(bulk::any_of(&**tx, failed_job::Column::Id, ids))
        .exec(&**tx)
        .await?;
    Ok(())
}

/// Moves a job to the dead letters.
pub(super) async fn insert(
    ctx: &Context,
    tx: &impl ConnectionTrait,
    row: job::Model,
    reason: &str,
) -> Result<()> {
    tracing::error!(
        job.id = %row.id,
        job.kind = row.kind,
        request.id = row.request_id,
        reason,
        "job moved to the dead letters"
    );
    let dead = failed_job::ActiveModel {
        id: Set(row.id),
        kind: Set(row.kind.clone()),
        payload: Set(row.payload.clone()),
        priority: Set(row.priority),
        attempts: Set(row.attempts),
        max_attempts: Set(row.max_attempts),
        // A worker that held the job before it died must not complete it after a retry.
        epoch: Set(row.epoch),
        last_error: Set(shortened(reason)),
        dedup_key: Set(row.dedup_key.clone()),
        created_at: Set(row.created_at),
        failed_at: Set(ctx.now().utc()),
        request_id: Set(row.request_id.clone()),
        traceparent: Set(row.traceparent.clone()),
    };
    failed_job::Entity::insert(dead).exec_without_returning(tx).await?;
    ctx.jobs.metrics().died(&row.kind);
    row.delete(tx).await?;
    Ok(())
}

fn not_found() -> PublicError {
    PublicError::new(ErrorCode::JobNotFound, "Job not found")
}

fn view(row: failed_job::Model) -> DeadLetter {
    DeadLetter {
        id: row.id,
        kind: row.kind,
        payload: row.payload,
        attempts: u32::try_from(row.attempts).unwrap_or_default(),
        last_error: row.last_error,
        created_at: row.created_at.into(),
        failed_at: row.failed_at.into(),
    }
}
