//! The relay: pushes jobs from the outbox into Redis.

use domain::JobId;
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, LockBehavior, LockType},
};

use super::{
    Class, Ticket,
    claim::{Timestamptz, at_epochs},
    queue::Queue,
};
use crate::{
    Context, Result,
    entity::job::{self, State},
    infrastructure::db::bulk::any_of,
};

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

/// Pushes the due jobs that are not marked as pushed; returns how many. After Redis has lost its
/// data these are all due jobs. Any number of processes may call it at once.
///
/// While Redis has enough jobs of a class, further jobs wait in the outbox, and so do jobs that
/// this program does not know. The process that adds a job pushes it without a mark, which would be
/// a third update of its row. The relay may push that job again: the set `enqueued` in Redis makes
/// that harmless.
///
/// # Errors
/// When the database fails; jobs that were pushed by then may be pushed again.
pub async fn relay(ctx: &Context) -> Result<usize> {
    let Some(queue) = Queue::of(ctx) else { return Ok(0) };
    if queue.was_emptied().await == Some(true) {
        forget_pushes(ctx).await?;
        // Only now: if this process dies or the database fails before, the next relay finds Redis
        // empty again.
        queue.mark_filled().await;
    }
    if waiting(ctx, &Class::ALL).one(ctx.db.connection()).await?.is_none() {
        return Ok(0);
    }
    let mut relayed = 0;
    for class in Class::ALL {
        let Some(in_lists) = queue.waiting_jobs(class).await else { break };
        let mut room = MAX_IN_LISTS.saturating_sub(in_lists);
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

/// Pushes up to `limit` jobs of a class; returns how many. A job is marked only once Redis has it:
/// after a crash in between it is pushed again.
async fn relay_some(ctx: &Context, queue: &Queue, class: Class, limit: usize) -> Result<usize> {
    let found: Vec<(JobId, i32, String, i16, i32)> = waiting(ctx, &[class])
        .select_only()
        .columns([
            job::Column::Id,
            job::Column::Epoch,
            job::Column::Kind,
            job::Column::Priority,
            job::Column::Items,
        ])
        .order_by_asc(job::Column::RunAt)
        .limit(limit as u64)
        .into_tuple()
        .all(ctx.db.connection())
        .await?;
    let tickets: Vec<_> = found
        .iter()
        .map(|(id, _, kind, priority, items)| {
            Ticket::new(ctx.jobs, kind, *priority, *id).of_items(*items)
        })
        .collect();
    if tickets.is_empty() || queue.push(&tickets).await.is_none() {
        return Ok(0);
    }
    mark(ctx, found.iter().map(|(id, epoch, ..)| (*id, *epoch))).await?;
    Ok(tickets.len())
}

/// Marks jobs as pushed that no worker has claimed since they were read at these epochs. A worker
/// that has claimed a job has removed its ticket: if it has released the job by now, the job waits
/// again and must be pushed again.
async fn mark(ctx: &Context, read: impl IntoIterator<Item = (JobId, i32)>) -> Result<()> {
    let tx = ctx.db.begin_read_committed().await?;
    let unchanged = at_epochs(&*tx, read);
    let pushed: Vec<JobId> = waiting(ctx, &Class::ALL)
        .select_only()
        .column(job::Column::Id)
        .filter(unchanged)
        // Waiting for a worker that is claiming several of them could deadlock.
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .into_tuple()
        .all(&*tx)
        .await?;
    job::Entity::update_many()
        .col_expr(job::Column::EnqueuedAt, Expr::value(ctx.now().utc()))
        .filter(any_of(&*tx, job::Column::Id, pushed))
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

/// Removes the mark of every waiting job, so that it is pushed again.
async fn forget_pushes(ctx: &Context) -> Result<()> {
    let forgotten = job::Entity::update_many()
        .col_expr(job::Column::EnqueuedAt, Expr::value(None::<Timestamptz>))
        .filter(State::Waiting.is_state())
        .filter(job::Column::EnqueuedAt.is_not_null())
        .exec(&*ctx.db.autocommit().await)
        .await?;
    tracing::info!(jobs = forgotten.rows_affected, "Redis was empty, all jobs are pushed again");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        cron,
        housekeeping::CleanUp,
        jobs::{claim, release},
        testing::World,
    };

    #[tokio::test]
    async fn a_job_claimed_and_released_during_its_push_is_not_marked_as_pushed() {
        let world = World::new().await;
        let ctx = &world.ctx;
        cron::fire(ctx, "clean_up", ctx.now(), CleanUp {}).await.unwrap();
        let marked = "UPDATE jobs SET kind = kind WHERE enqueued_at IS NOT NULL";
        let before = job::Entity::find().one(ctx.db.connection()).await.unwrap().unwrap();
        let claims = claim(ctx, 1).await.unwrap();
        release(ctx, &claims).await.unwrap();
        mark(ctx, [(before.id, before.epoch)]).await.unwrap();
        assert_eq!(world.execute(marked).await.unwrap(), 0, "no list has its ticket");
        mark(ctx, [(before.id, before.epoch + 1)]).await.unwrap();
        assert_eq!(world.execute(marked).await.unwrap(), 1);
    }
}
