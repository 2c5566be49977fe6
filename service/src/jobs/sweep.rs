//! Recovering jobs of workers that are gone, and jobs that Redis has lost.

use chrono::TimeDelta;
use domain::Timestamp;
use sea_orm::{
    ColumnTrait, EntityTrait, ExprTrait, QueryFilter, QueryOrder, QuerySelect, Select,
    sea_query::{Expr, LockBehavior, LockType},
};

use super::{
    Class, Ticket,
    backoff::LONGEST_PAUSE,
    claim::{LEASE, Timestamptz},
    dead_letters,
    queue::Queue,
    relay::push_tickets,
    split::split,
};
use crate::{
    Context, Result,
    entity::job::{self, State},
    infrastructure::db::bulk::any_of,
};

/// A job that loses more workers than this may be killing them.
const MAX_LOST_LEASES: i32 = 3;
/// The lost workers after which a job of several items is split: one of them may be killing them.
const SPLIT_AFTER: i32 = 2;
/// Jobs recovered by one transaction.
const BATCH: u64 = 500;
/// A job that was pushed longer ago than this and is still waiting may be lost.
const OVERDUE: TimeDelta = TimeDelta::seconds(60);
/// A time further in the future than this comes from a clock that was ahead.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::seconds(5);

/// Moves jobs whose lease has expired back to waiting, and a job that has lost more than three
/// workers to the dead letters; returns how many of both. A job of several items is split when it
/// has lost its second worker. Pushes jobs that Redis has lost again.
///
/// Call it only when the database has answered and the clock of `ctx` has run steadily for some
/// heartbeats: otherwise live workers have had no chance to extend their leases.
///
/// # Errors
/// When the database fails.
pub async fn sweep(ctx: &Context) -> Result<usize> {
    let mut swept = 0;
    loop {
        let expired = sweep_expired(ctx).await?;
        swept += expired;
        if (expired as u64) < BATCH {
            break;
        }
    }
    if swept > 0 {
        ctx.wake_local_workers();
    }
    sweep_lists(ctx).await?;
    Ok(swept)
}

/// The part of [`sweep`] that is safe at any time: jobs that Redis has lost are pushed again.
///
/// # Errors
/// When the database fails.
pub async fn sweep_lists(ctx: &Context) -> Result<()> {
    if let Some(queue) = Queue::of(ctx) {
        queue.reap().await;
        sweep_overdue(ctx, &queue).await?;
    }
    Ok(())
}

/// Makes jobs due that were added by a clock that was ahead, or delayed by it beyond the longest
/// pause; returns how many. To be called when the clock was set back.
///
/// # Errors
/// When the database fails.
pub async fn bring_forward(ctx: &Context) -> Result<u64> {
    let now = ctx.now().utc();
    let brought = job::Entity::update_many()
        .col_expr(job::Column::RunAt, Expr::value(now))
        .filter(State::Waiting.is_state())
        .filter(job::Column::RunAt.gt(now))
        .filter(
            job::Column::CreatedAt
                .gt(now + CLOCK_TOLERANCE)
                .or(job::Column::RunAt.gt(now + LONGEST_PAUSE + CLOCK_TOLERANCE)),
        )
        .exec(&*ctx.db.autocommit().await)
        .await?;
    Ok(brought.rows_affected)
}

async fn sweep_expired(ctx: &Context) -> Result<usize> {
    let now = ctx.now();
    if expired(now).one(ctx.db.connection()).await?.is_none() {
        return Ok(0);
    }
    let tx = ctx.db.begin_read_committed().await?;
    let rows = expired(now)
        .limit(BATCH)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(&*tx)
        .await?;
    let swept = rows.len();
    tracing::warn!(jobs = swept, "leases expired, jobs wait for another worker");
    let (mut whole, mut parts) = (Vec::new(), Vec::new());
    for mut row in rows {
        row.lost_leases += 1;
        if row.lost_leases >= SPLIT_AFTER {
            let of_row = split(ctx, &*tx, &row, now.utc(), "its workers died or hung").await?;
            if !of_row.is_empty() {
                parts.extend(of_row);
                continue;
            }
        }
        if row.lost_leases > MAX_LOST_LEASES {
            let reason =
                format!("{} workers died or hung while they had this job", row.lost_leases);
            dead_letters::insert(ctx, &*tx, row, &reason).await?;
        } else {
            whole.push(row.id);
        }
    }
    job::Entity::update_many()
        .col_expr(job::Column::State, Expr::value(State::Waiting))
        .col_expr(job::Column::LostLeases, Expr::col(job::Column::LostLeases).add(1))
        .col_expr(job::Column::LeaseUntil, Expr::value(None::<Timestamptz>))
        .col_expr(job::Column::EnqueuedAt, Expr::value(None::<Timestamptz>))
        .filter(any_of(&*tx, job::Column::Id, whole))
        .exec(&*tx)
        .await?;
    tx.commit().await?;
    push_tickets(ctx, parts);
    Ok(swept)
}

/// Pushes jobs again that should have been taken long ago. Only some at a time: under load they are
/// still in their lists, and are then there twice.
async fn sweep_overdue(ctx: &Context, queue: &Queue) -> Result<()> {
    if overdue(ctx).one(ctx.db.connection()).await?.is_none() {
        return Ok(());
    }
    let tx = ctx.db.begin_read_committed().await?;
    let rows = overdue(ctx)
        .order_by_asc(job::Column::EnqueuedAt)
        .limit(BATCH)
        .lock_with_behavior(LockType::Update, LockBehavior::SkipLocked)
        .all(&*tx)
        .await?;
    let tickets: Vec<Ticket> = rows.iter().map(|row| Ticket::of(ctx, row)).collect();
    if tickets.is_empty() || queue.forget(&tickets).await.is_none() {
        return Ok(());
    }
    job::Entity::update_many()
        .col_expr(job::Column::EnqueuedAt, Expr::value(None::<Timestamptz>))
        .filter(any_of(&*tx, job::Column::Id, tickets.iter().map(|ticket| ticket.id)))
        .exec(&*tx)
        .await?;
    tx.commit().await?;
    ctx.wake_local_workers();
    Ok(())
}

fn expired(now: Timestamp) -> Select<job::Entity> {
    job::Entity::find()
        .filter(State::Active.is_state())
        // No live worker has a lease so far in the future: a clock that was ahead wrote it.
        .filter(
            job::Column::LeaseUntil
                .lt(now.utc())
                .or(job::Column::LeaseUntil.gt(now.utc() + 2 * LEASE)),
        )
}

fn overdue(ctx: &Context) -> Select<job::Entity> {
    let now = ctx.now().utc();
    let enqueued_at = job::Column::EnqueuedAt;
    job::Entity::find()
        .filter(State::Waiting.is_state())
        .filter(ctx.jobs.known(&Class::ALL))
        .filter(enqueued_at.lt(now - OVERDUE).or(enqueued_at.gt(now + OVERDUE)))
}
