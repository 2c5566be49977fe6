//! Recovering jobs from workers that are gone.

use std::time::Duration;

use service::{Context, Result, jobs};
use tokio::time;
use tokio_util::sync::CancellationToken;

use crate::{
    log::log_failure,
    steadiness::{Check, Steadiness},
};

/// The interval of sweeps.
const SWEEP: Duration = Duration::from_secs(10);

/// Sweeps until `stop`.
pub(crate) async fn run(ctx: Context, steadiness: Steadiness, stop: CancellationToken) {
    while !stop.is_cancelled() {
        if let Err(error) = sweep(&ctx, &steadiness).await {
            steadiness.disturb();
            log_failure("expired leases could not be swept", Err(error));
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = time::sleep(SWEEP) => {}
        }
    }
}

async fn sweep(ctx: &Context, steadiness: &Steadiness) -> Result<()> {
    // Read the clock now: a reading of some seconds ago would hide that it was set.
    ctx.read_clock().await?;
    match steadiness.check(ctx.now()) {
        Check::Steady => jobs::sweep(ctx).await.map(drop),
        Check::Unsteady => jobs::sweep_lists(ctx).await,
        Check::ClockSet => {
            tracing::warn!("the clock was set, leases are trusted again after some heartbeats");
            let brought = jobs::bring_forward(ctx).await?;
            if brought > 0 {
                tracing::warn!(jobs = brought, "jobs from a clock that was ahead are due now");
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use service::{
        cron,
        housekeeping::CleanUp,
        jobs::LEASE,
        testing::{Queue, World},
    };

    use super::*;

    /// A world with an active job, and a sweeper that trusts leases.
    async fn world_with_an_active_job() -> (World, Steadiness) {
        let world = World::new().await;
        cron::fire(&world.ctx, "clean_up", world.ctx.now(), CleanUp {}).await.unwrap();
        assert_eq!(jobs::claim(&world.ctx, 1).await.unwrap().len(), 1);
        let steadiness = Steadiness::begin();
        // The clock of tokio is paused only here: a statement in the database takes real time.
        time::pause();
        time::advance(Duration::from_secs(15)).await;
        time::resume();
        (world, steadiness)
    }

    #[tokio::test]
    async fn an_expired_lease_is_swept_while_clock_and_database_are_steady() {
        let (world, steadiness) = world_with_an_active_job().await;
        world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
        sweep(&world.ctx, &steadiness).await.unwrap();
        assert_eq!(world.queue().await, Queue { waiting: 1, ..Queue::default() });
    }

    #[tokio::test]
    async fn a_live_worker_keeps_its_job_when_the_clock_is_set() {
        for step in [TimeDelta::hours(1), TimeDelta::hours(-1)] {
            let (world, steadiness) = world_with_an_active_job().await;
            sweep(&world.ctx, &steadiness).await.unwrap();
            world.clock.advance(step);
            sweep(&world.ctx, &steadiness).await.unwrap();
            assert_eq!(world.queue().await, Queue { active: 1, ..Queue::default() }, "{step}");
        }
    }

    #[tokio::test]
    async fn a_live_worker_keeps_its_job_after_a_database_outage() {
        let (world, steadiness) = world_with_an_active_job().await;
        world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
        steadiness.disturb();
        sweep(&world.ctx, &steadiness).await.unwrap();
        assert_eq!(world.queue().await, Queue { active: 1, ..Queue::default() });
    }
}
