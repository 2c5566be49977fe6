//! Ticks of the cron schedule: any number of workers may try to fire one, and one of them does.

use domain::Timestamp;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, Set};

use crate::{
    Context, Result,
    entity::cron_tick,
    error::is_unique_violation,
    infrastructure::db::retry,
    jobs::{self, NewJob},
};

/// Fires a tick: adds its job, unless the tick has fired. Returns whether this call fired it.
///
/// # Errors
/// When the database fails.
pub async fn fire(
    ctx: &Context,
    name: &str,
    scheduled_at: Timestamp,
    job: impl Into<NewJob>,
) -> Result<bool> {
    let job = job.into();
    let fired = retry(|| attempt(ctx, name, scheduled_at, &job)).await?;
    if fired {
        ctx.wake_local_workers();
    }
    Ok(fired)
}

/// Deletes the ticks of a schedule that are in the future: a clock that was ahead fired them. They
/// fire again at their time.
///
/// # Errors
/// When the database fails.
pub async fn forget_future_ticks(ctx: &Context, name: &str) -> Result<()> {
    let forgotten = cron_tick::Entity::delete_many()
        .filter(cron_tick::Column::Name.eq(name))
        .filter(cron_tick::Column::ScheduledAt.gt(ctx.now().utc()))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    if forgotten.rows_affected > 0 {
        let ticks = forgotten.rows_affected;
        tracing::warn!(cron.name = name, ticks, "a clock was ahead, ticks will fire again");
    }
    Ok(())
}

/// When a schedule last fired: `Ok(None)` if it never has.
///
/// # Errors
/// When the database fails.
pub async fn last_tick(ctx: &Context, name: &str) -> Result<Option<Timestamp>> {
    let last = cron_tick::Entity::find()
        .filter(cron_tick::Column::Name.eq(name))
        .order_by_desc(cron_tick::Column::ScheduledAt)
        .one(ctx.db.connection())
        .await?;
    Ok(last.map(|tick| tick.scheduled_at.into()))
}

async fn attempt(ctx: &Context, name: &str, scheduled_at: Timestamp, job: &NewJob) -> Result<bool> {
    let tx = ctx.db.begin_serializable().await?;
    let tick = cron_tick::ActiveModel {
        name: Set(name.to_owned()),
        scheduled_at: Set(scheduled_at.utc()),
        fired_at: Set(ctx.now().utc()),
    };
    match cron_tick::Entity::insert(tick).exec_without_returning(&*tx).await {
        Ok(_) => {}
        Err(error) if is_unique_violation(&error) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    jobs::add(&*tx, ctx.now(), [job.clone()]).await?;
    tx.commit().await?;
    Ok(true)
}
