//! The cron schedule.

use std::time::Duration;

use chrono::TimeDelta;
use domain::Timestamp;
use service::{
    Context, Result, cron, housekeeping::CleanUp, jobs::NewJob,
    organizer_notices::NotifyOrganizers, reminder::SendReminders,
};
use tokio::time;
use tokio_util::sync::CancellationToken;

use crate::{Schedule, WorkerSettings};

/// The interval of checks: a tick fires at most this late.
const CHECK: Duration = Duration::from_millis(500);
/// A tick further in the future than this was fired by a clock that was ahead.
const AHEAD: TimeDelta = TimeDelta::seconds(10);
/// How far back a worker fires ticks that were missed while no worker ran.
const CATCH_UP: TimeDelta = TimeDelta::hours(1);

/// A recurring job.
struct Entry {
    name: &'static str,
    schedule: Schedule,
    job: NewJob,
    /// The last tick that this worker has fired or seen.
    last: Option<Timestamp>,
}

/// Fires every tick until `stop`. Any number of workers may do so: each tick fires once.
pub(crate) async fn run(ctx: Context, settings: WorkerSettings, stop: CancellationToken) {
    let entry = |name, schedule, job: NewJob| Entry { name, schedule, job, last: None };
    let mut entries = [
        entry("reminders", settings.reminder_schedule, SendReminders {}.into()),
        entry("organizer_notices", settings.notices_schedule, NotifyOrganizers {}.into()),
        entry("clean_up", settings.cleanup_schedule, CleanUp {}.into()),
    ];
    while !stop.is_cancelled() {
        for entry in &mut entries {
            if let Err(error) = entry.fire_due(&ctx).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, cron.name = entry.name, "a tick could not be fired");
            }
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = time::sleep(CHECK) => {}
        }
    }
}

impl Entry {
    /// Fires all ticks since the last one.
    async fn fire_due(&mut self, ctx: &Context) -> Result<()> {
        let now = ctx.now();
        let mut last = match self.last {
            Some(last) => last,
            // A new schedule begins now.
            None => cron::last_tick(ctx, self.name).await?.unwrap_or(now),
        };
        if last.utc() > now.utc() + AHEAD {
            // The clock was set back. The schedule would pause until the clock gets there again.
            cron::forget_future_ticks(ctx, self.name).await?;
            last = now;
        }
        last = last.max((now.utc() - CATCH_UP).into());
        self.last = Some(last);
        while let Some(tick) = self.schedule.next_after(last).filter(|tick| *tick <= now) {
            if cron::fire(ctx, self.name, tick, self.job.clone()).await? {
                tracing::info!(cron.name = self.name, cron.tick = %tick, "tick fired");
            }
            last = tick;
            self.last = Some(last);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use service::testing::World;

    use super::*;

    fn entry() -> Entry {
        let schedule = "*/10 * * * *".parse().unwrap();
        Entry { name: "reminders", schedule, job: SendReminders {}.into(), last: None }
    }

    #[tokio::test]
    async fn missed_ticks_fire_once_when_two_workers_make_up_for_them() {
        let world = World::new().await;
        let (mut one, mut two) = (entry(), entry());
        one.fire_due(&world.ctx).await.unwrap();
        two.fire_due(&world.ctx).await.unwrap();
        world.clock.advance(TimeDelta::minutes(35));
        let other = world.second_process().await;
        let (first, second) = tokio::join!(one.fire_due(&world.ctx), two.fire_due(&other));
        first.and(second).unwrap();
        let last = cron::last_tick(&world.ctx, "reminders").await.unwrap().unwrap();
        assert_eq!(last.to_string(), "2026-11-23T12:30:00.000Z");
        assert_eq!(crate::drain(&world.ctx).await.unwrap(), 3, "12:10, 12:20 and 12:30");
    }

    #[tokio::test]
    async fn a_schedule_continues_after_the_clock_was_an_hour_ahead() {
        for restarted in [false, true] {
            let world = World::new().await;
            let mut schedule = entry();
            schedule.fire_due(&world.ctx).await.unwrap();
            world.clock.advance(TimeDelta::hours(1));
            schedule.fire_due(&world.ctx).await.unwrap();
            assert_eq!(crate::drain(&world.ctx).await.unwrap(), 6, "12:10 to 13:00");
            world.clock.advance(TimeDelta::hours(-1));
            if restarted {
                schedule = entry();
            }
            schedule.fire_due(&world.ctx).await.unwrap();
            assert_eq!(crate::drain(&world.ctx).await.unwrap(), 0, "it is 12:00 again");
            world.clock.advance(TimeDelta::minutes(20));
            schedule.fire_due(&world.ctx).await.unwrap();
            assert_eq!(crate::drain(&world.ctx).await.unwrap(), 2, "12:10 and 12:20");
        }
    }

    #[tokio::test]
    async fn missed_ticks_are_made_up_for_an_hour_back() {
        let world = World::new().await;
        let mut entry = entry();
        entry.fire_due(&world.ctx).await.unwrap();
        world.clock.advance(TimeDelta::days(3));
        entry.fire_due(&world.ctx).await.unwrap();
        assert_eq!(crate::drain(&world.ctx).await.unwrap(), 6);
    }
}
