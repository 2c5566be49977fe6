//! Deleting what is kept for a while only.

use chrono::TimeDelta;
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};

use crate::{
    Context, Result,
    entity::{cron_tick, idempotency_log, job, password_reset, refresh_token, session},
    jobs::{Claim, State, complete},
    mail_limits, throttle,
};

/// Answers are replayed for 24 hours; the hour more keeps the border from mattering.
const IDEMPOTENCY_LOGS: TimeDelta = TimeDelta::hours(25);
/// Done jobs are of interest for a week.
const DONE_JOBS: TimeDelta = TimeDelta::days(7);
/// Longer than any schedule pauses, so that the last tick of each is known.
const CRON_TICKS: TimeDelta = TimeDelta::days(400);

/// Deletes old answers to idempotency keys, sessions, refresh tokens and reset links that have expired, done jobs, old
/// ticks, failed logins and counts of mails.
///
/// # Errors
/// When the database fails; what was deleted by then stays deleted.
pub async fn clean_up(ctx: &Context, claim: &Claim) -> Result<()> {
    let now = ctx.now().utc();
    let logs = idempotency_log::Entity::delete_many()
        .filter(idempotency_log::Column::CreatedAt.lt(now - IDEMPOTENCY_LOGS))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    let sessions = session::Entity::delete_many()
        .filter(session::Column::ExpiresAt.lt(now))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    let tokens = refresh_token::Entity::delete_many()
        .filter(refresh_token::Column::ExpiresAt.lt(now))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    password_reset::Entity::delete_many()
        .filter(password_reset::Column::ExpiresAt.lt(now))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    let jobs = job::Entity::delete_many()
        .filter(State::Done.is_state())
        .filter(job::Column::FinishedAt.lt(now - DONE_JOBS))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    cron_tick::Entity::delete_many()
        .filter(cron_tick::Column::ScheduledAt.lt(now - CRON_TICKS))
        .exec(&*ctx.db.autocommit().await)
        .await?;
    throttle::clean_up(ctx, &*ctx.db.autocommit().await).await?;
    mail_limits::clean_up(ctx, &*ctx.db.autocommit().await).await?;
    tracing::info!(
        idempotency_logs = logs.rows_affected,
        sessions = sessions.rows_affected,
        refresh_tokens = tokens.rows_affected,
        jobs = jobs.rows_affected,
        "cleaned up"
    );
    complete(ctx, claim).await
}
