//! The dead letters: jobs that are out of attempts, which an operator retries or discards.

use domain::{DeadLetter, ErrorCode, JobId, PublicError, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, EntityTrait, ModelTrait, QueryFilter, QueryOrder, QuerySelect,
    Set,
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
    },
};

/// The most dead letters that one list shows.
const MAX_LISTED: u64 = 500;

/// The dead letters, the latest first.
///
/// # Errors
/// Unauthorized; Forbidden.
pub async fn dead_letters(ctx: &Context, operator: Operator<'_>) -> Result<Vec<DeadLetter>> {
    operator.authorize()?;
    let rows = failed_job::Entity::find()
        .order_by_desc(failed_job::Column::FailedAt)
        .order_by_desc(failed_job::Column::Id)
        .limit(MAX_LISTED);
    Ok(rows.all(ctx.db.connection()).await?.into_iter().map(view).collect())
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
    let actor = operator.authorize()?;
    // A unique violation means that the key was taken after the check.
    let ticket = db::retry(|| attempt_retry(ctx, &actor, id)).await?;
    tracing::info!(job.id = %id, "dead letter retried");
    push_tickets(ctx, vec![ticket]);
    Ok(())
}

async fn attempt_retry(ctx: &Context, actor: &str, id: JobId) -> Result<Ticket> {
    let now = ctx.now().utc();
    let tx = ctx.db.begin_read_committed().await?;
    let dead = find(&tx, id).await?;
    let dedup_key = match &dead.dedup_key {
        Some(key) if is_taken(&tx, key).await? => None,
        key => key.clone(),
    };
    let row = job::Model {
        id: dead.id,
        kind: dead.kind.clone(),
        payload: dead.payload.clone(),
        state: State::Waiting,
        priority: dead.priority,
        attempts: 0,
        lost_leases: 0,
        max_attempts: max_attempts(ctx, &dead),
        postponements: 0,
        run_at: now,
        lease_until: None,
        epoch: dead.epoch,
        last_error: Some(dead.last_error.clone()),
        dedup_key,
        created_at: dead.created_at,
        enqueued_at: None,
        finished_at: None,
    };
    let ticket = Ticket::of(ctx, &row);
    audit(ctx, &tx, &dead, Action::Retried, actor).await?;
    dead.delete(&*tx).await?;
    bulk::insert(&*tx, vec![row]).await?;
    tx.commit().await?;
    Ok(ticket)
}

async fn is_taken(tx: &WriteTx<'_>, dedup_key: &str) -> Result<bool> {
    let same = job::Entity::find().filter(job::Column::DedupKey.eq(dedup_key));
    Ok(same.one(&**tx).await?.is_some())
}

/// The attempts of a job that is retried: an older version may have allowed fewer.
fn max_attempts(ctx: &Context, dead: &failed_job::Model) -> i32 {
    let known = ctx.jobs.find(&dead.kind);
    known.map_or(dead.max_attempts, |job| job.spec.max_attempts.max(dead.max_attempts))
}

/// Retries all current dead letters; returns how many.
///
/// # Errors
/// Unauthorized; Forbidden. Dead letters that were retried by then stay so.
pub async fn retry_all(ctx: &Context, operator: Operator<'_>) -> Result<usize> {
    operator.authorize()?;
    let dead: Vec<JobId> = failed_job::Entity::find()
        .select_only()
        .column(failed_job::Column::Id)
        .order_by_asc(failed_job::Column::FailedAt)
        .into_tuple()
        .all(ctx.db.connection())
        .await?;
    let mut retried = 0;
    for id in dead {
        match retry(ctx, operator, id).await {
            Ok(()) => retried += 1,
            // Another operator was faster.
            Err(Error::Public(error)) if error.code == ErrorCode::JobNotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(retried)
}

/// One dead letter.
///
/// # Errors
/// Unauthorized; Forbidden; [`ErrorCode::JobNotFound`].
pub async fn dead_letter(ctx: &Context, operator: Operator<'_>, id: JobId) -> Result<DeadLetter> {
    operator.authorize()?;
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
    let actor = operator.authorize()?;
    let tx = ctx.db.begin_read_committed().await?;
    let dead = find(&tx, id).await?;
    if named.is_some_and(|named| named.trim() != dead.kind) {
        let message = format!("Type {} to discard this job", dead.kind);
        return Err(PublicError::on_field(ErrorCode::ValidationFailed, "kind", &message).into());
    }
    audit(ctx, &tx, &dead, Action::Discarded, &actor).await?;
    let kind = dead.kind.clone();
    dead.delete(&*tx).await?;
    tx.commit().await?;
    tracing::info!(job.id = %id, job.kind = kind, "dead letter discarded");
    Ok(())
}

/// A dead letter, locked until the transaction ends.
async fn find(tx: &WriteTx<'_>, id: JobId) -> Result<failed_job::Model> {
    let found = failed_job::Entity::find_by_id(id).lock_exclusive().one(&**tx).await?;
    Ok(found.ok_or_else(not_found)?)
}

/// Records what an operator did to a job.
async fn audit(
    ctx: &Context,
    tx: &WriteTx<'_>,
    dead: &failed_job::Model,
    action: Action,
    actor: &str,
) -> Result<()> {
    let audit = job_audit::Model {
        id: new_id(),
        job_id: dead.id,
        action,
        actor: actor.to_owned(),
        at: ctx.now().utc(),
    };
    bulk::insert(&**tx, vec![audit]).await
}

/// Moves a job to the dead letters.
pub(super) async fn insert(
    tx: &impl ConnectionTrait,
    now: Timestamp,
    row: job::Model,
    reason: &str,
) -> Result<()> {
    tracing::error!(job.id = %row.id, job.kind = row.kind, reason, "job moved to the dead letters");
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
        failed_at: Set(now.utc()),
    };
    failed_job::Entity::insert(dead).exec_without_returning(tx).await?;
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
