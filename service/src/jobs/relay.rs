//! From the outbox into Redis.

use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, LockBehavior, LockType},
};
use uuid::Uuid;

use super::{Class, Ticket, claim::Timestamptz, queue::Queue, state::State};
use crate::{Context, Result, entity::job, infrastructure::db::bulk::any_of};

/// Jobs pushed at a time.
const BATCH: usize = 500;
/// Jobs of a class in its lists that keep all its workers busy until the relay looks again.
const MAX_IN_LISTS: usize = 5_000;

/// Pushes the tickets of committed jobs into Redis, which wakes workers of any process. While Redis
/// is not configured or does not answer, it wakes the workers of this process instead. Returns at
/// once; the relay pushes tickets that get lost on the way.
pub(crate) fn push_tickets(ctx: &Context, tickets: Vec<Ticket>) {
    if tickets.is_empty() {
        return;
    }
    let Some(queue) = Queue::of(ctx) else { return ctx.wake_local_workers() };
    let ctx = ctx.clone();
    tokio::spawn(async move {
        if queue.push(&tickets).await.is_none() {
            ctx.wake_local_workers();
        }
    });
}

/// Pushes jobs that are due and were not pushed yet; returns how many. After Redis has lost
/// its data that is every job that is due. Any number of processes may do so at once.
///
/// While Redis has enough jobs of a class, further jobs wait in the outbox, and so do jobs that
/// this program does not know. Most jobs are in their lists already, pushed by the process that
/// added them. They are not marked as pushed: that would be a third update of a row that is updated
/// twice in its life.
///
/// # Errors
/// When the database fails; what was pushed by then may be pushed again.
pub async fn relay(ctx: &Context) -> Result<usize> {
    let Some(queue) = Queue::of(ctx) else { return Ok(0) };
    if queue.was_emptied().await == Some(true) {
        push_all_again(ctx).await?;
    }
    if waiting(ctx, &Class::ALL).one(ctx.db.connection()).await?.is_none() {
        return Ok(0);
    }
    let mut relayed = 0;
    for class in Class::ALL {
        let Some(waiting) = queue.waiting_jobs(class).await else { break };
        let mut room = MAX_IN_LISTS.saturating_sub(waiting);
        while room > 0 {
            let asked = room.min(BATCH);
            let pushed = relay_some(ctx, &queue, class, asked).await?;
            relayed += pushed;
            room -= pushed;
            if pushed < asked {
                break;
            }
        }
    }
    Ok(relayed)
}

/// Marks a job only once Redis has it: after a crash in between it is pushed again.
async fn relay_some(ctx: &Context, queue: &Queue, class: Class, limit: usize) -> Result<usize> {
    let found: Vec<(Uuid, String, i16)> = waiting(ctx, &[class])
        .select_only()
        .columns([job::Column::Id, job::Column::Kind, job::Column::Priority])
        .order_by_asc(job::Column::RunAt)
        .limit(limit as u64)
        .into_tuple()
        .all(ctx.db.connection())
        .await?;
    let found = found.into_iter();
    let tickets: Vec<_> =
        found.map(|(id, kind, priority)| Ticket::new(ctx.jobs, &kind, priority, id)).collect();
    if tickets.is_empty() || queue.push(&tickets).await.is_none() {
        return Ok(0);
    }
    mark(ctx, &tickets).await?;
    Ok(tickets.len())
}

/// Marks jobs as pushed, except those that a worker has claimed by now.
async fn mark(ctx: &Context, tickets: &[Ticket]) -> Result<()> {
    let tx = ctx.db.begin_read_committed().await?;
    let pushed = any_of(&*tx, job::Column::Id, tickets.iter().map(|ticket| ticket.id));
    let waiting: Vec<Uuid> = waiting(ctx, &Class::ALL)
        .select_only()
        .column(job::Column::Id)
        .filter(pushed)
        // Waiting for a worker that is claiming several of them could deadlock.
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(&*tx)
        .await?;
    job::Entity::update_many()
        .col_expr(job::Column::EnqueuedAt, Expr::value(ctx.now().utc()))
        .filter(any_of(&*tx, job::Column::Id, waiting))
        .exec(&*tx)
        .await?;
    tx.commit().await
}

fn waiting(ctx: &Context, classes: &[Class]) -> Select<job::Entity> {
    job::Entity::find()
        .filter(ctx.jobs.known(classes))
        .filter(State::Waiting.is_state())
        .filter(job::Column::EnqueuedAt.is_null())
        .filter(job::Column::RunAt.lte(ctx.now().utc()))
}

async fn push_all_again(ctx: &Context) -> Result<()> {
    let forgotten = job::Entity::update_many()
        .col_expr(job::Column::EnqueuedAt, Expr::value(None::<Timestamptz>))
        .filter(State::Waiting.is_state())
        .filter(job::Column::EnqueuedAt.is_not_null())
        .exec(&*ctx.db.autocommit().await)
        .await?;
    tracing::info!(jobs = forgotten.rows_affected, "Redis was empty, all jobs are pushed again");
    Ok(())
}
