//! The dead letter queue, and the way back from it.

use domain::{DeadLetter, ErrorCode, JobId, PublicError};
use sea_orm::{EntityTrait, ModelTrait, QueryOrder, QuerySelect};
use uuid::Uuid;

use super::{Job, Operator, State, Ticket, relay::announce};
use crate::{
    Context, Error, Result,
    db::{WriteTx, bulk},
    entity::{failed_job, job, job_audit},
    ids::new_id,
};

/// The most dead letters that one list shows.
const MAX_LISTED: u64 = 500;

/// The jobs that were given up, the latest first.
///
/// # Errors
/// Unauthorized; Forbidden.
pub async fn dead_letters(ctx: &Context, operator: Operator<'_>) -> Result<Vec<DeadLetter>> {
    operator.name()?;
    let rows = failed_job::Entity::find()
        .order_by_desc(failed_job::Column::FailedAt)
        .order_by_desc(failed_job::Column::Id)
        .limit(MAX_LISTED);
    Ok(rows.all(ctx.db.connection()).await?.into_iter().map(view).collect())
}

/// Puts a job back that was given up, with all its attempts before it, and notes who did.
///
/// # Errors
/// Unauthorized; Forbidden; [`ErrorCode::JobNotFound`].
pub async fn revive(ctx: &Context, operator: Operator<'_>, id: JobId) -> Result<()> {
    let actor = operator.name()?;
    let now = ctx.now().utc();
    let tx = ctx.db.begin_read_committed().await?;
    let dead = find(&tx, id).await?;
    let row = job::Model {
        id: dead.id,
        kind: dead.kind.clone(),
        payload: dead.payload.clone(),
        state: State::Ready.as_str().to_owned(),
        priority: dead.priority,
        attempts: 0,
        lost_leases: 0,
        max_attempts: max_attempts(&dead),
        postponements: 0,
        run_at: now,
        lease_until: None,
        epoch: dead.epoch,
        last_error: Some(dead.last_error.clone()),
        dedup_key: dead.dedup_key.clone(),
        created_at: dead.created_at,
        enqueued_at: None,
        finished_at: None,
    };
    let ticket = Ticket::from(&row);
    note(ctx, &tx, &dead, "revived", actor).await?;
    dead.delete(&*tx).await?;
    bulk::insert(&*tx, vec![row]).await?;
    tx.commit().await?;
    tracing::info!(job.id = %id, "job put back from the dead letter queue");
    announce(ctx, vec![ticket]);
    Ok(())
}

/// How often a job may fail that is put back: an older version may have allowed less.
fn max_attempts(dead: &failed_job::Model) -> i32 {
    let job = Job::parse(&dead.kind, &dead.payload);
    job.map_or(dead.max_attempts, |job| job.max_attempts().max(dead.max_attempts))
}

/// Puts back every job that has been given up by now; answers with how many there were.
///
/// # Errors
/// Unauthorized; Forbidden. What was put back by then stays.
pub async fn revive_all(ctx: &Context, operator: Operator<'_>) -> Result<usize> {
    operator.name()?;
    let dead: Vec<Uuid> = failed_job::Entity::find()
        .select_only()
        .column(failed_job::Column::Id)
        .order_by_asc(failed_job::Column::FailedAt)
        .into_tuple()
        .all(ctx.db.connection())
        .await?;
    let mut revived = 0;
    for id in dead {
        match revive(ctx, operator, JobId(id)).await {
            Ok(()) => revived += 1,
            // Somebody else was faster.
            Err(Error::Public(error)) if error.code == ErrorCode::JobNotFound => {}
            Err(error) => return Err(error),
        }
    }
    Ok(revived)
}

/// One job that was given up.
///
/// # Errors
/// Unauthorized; Forbidden; [`ErrorCode::JobNotFound`].
pub async fn dead_letter(ctx: &Context, operator: Operator<'_>, id: JobId) -> Result<DeadLetter> {
    operator.name()?;
    let found = failed_job::Entity::find_by_id(id.0).one(ctx.db.connection()).await?;
    Ok(view(found.ok_or_else(not_found)?))
}

/// Gives a dead job up for good, and notes who did. Where a person asks for it, `named` is the kind of the job as
/// they typed it: nobody discards a job that they take for another one.
///
/// # Errors
/// Unauthorized; Forbidden; [`ErrorCode::JobNotFound`]; [`ErrorCode::ValidationFailed`] on `kind` for another name.
pub async fn discard(
    ctx: &Context,
    operator: Operator<'_>,
    id: JobId,
    named: Option<&str>,
) -> Result<()> {
    let actor = operator.name()?;
    let tx = ctx.db.begin_read_committed().await?;
    let dead = find(&tx, id).await?;
    if named.is_some_and(|named| named.trim() != dead.kind) {
        let message = format!("Type {} to discard this job", dead.kind);
        return Err(PublicError::on_field(ErrorCode::ValidationFailed, "kind", &message).into());
    }
    note(ctx, &tx, &dead, "discarded", actor).await?;
    let kind = dead.kind.clone();
    dead.delete(&*tx).await?;
    tx.commit().await?;
    tracing::info!(job.id = %id, job.kind = kind, "job discarded from the dead letter queue");
    Ok(())
}

/// A dead job, which nobody else can move until the transaction ends.
async fn find(tx: &WriteTx<'_>, id: JobId) -> Result<failed_job::Model> {
    let found = failed_job::Entity::find_by_id(id.0).lock_exclusive().one(&**tx).await?;
    Ok(found.ok_or_else(not_found)?)
}

/// Notes who did what to a job.
async fn note(
    ctx: &Context,
    tx: &WriteTx<'_>,
    dead: &failed_job::Model,
    action: &str,
    actor: String,
) -> Result<()> {
    let audit = job_audit::Model {
        id: new_id(),
        job_id: dead.id,
        action: action.to_owned(),
        actor,
        at: ctx.now().utc(),
    };
    bulk::insert(&**tx, vec![audit]).await
}

fn not_found() -> PublicError {
    PublicError::new(ErrorCode::JobNotFound, "Job not found")
}

fn view(row: failed_job::Model) -> DeadLetter {
    DeadLetter {
        id: JobId(row.id),
        kind: row.kind,
        payload: row.payload,
        attempts: u32::try_from(row.attempts).unwrap_or_default(),
        last_error: row.last_error,
        created_at: row.created_at.into(),
        failed_at: row.failed_at.into(),
    }
}
