//! Taking jobs back from workers that are gone.

use std::time::Duration;

use service::{Context, Result, jobs};
use tokio::time;
use tokio_util::sync::CancellationToken;

use crate::{
    runner::log_failure,
    steadiness::{Look, Steadiness},
};

/// How often jobs are taken back.
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
    // Leases are compared with the time as it is, not as it was seconds ago.
    ctx.read_clock().await?;
    match steadiness.look(ctx.now()) {
        Look::Steady => jobs::sweep(ctx).await.map(drop),
        Look::Unsteady => jobs::sweep_lists(ctx).await,
        Look::ClockSet => {
            tracing::warn!("the clock was set: leases count again once every worker knows");
            let brought = jobs::bring_forward(ctx).await?;
            if brought > 0 {
                tracing::warn!(jobs = brought, "jobs of a clock that was ahead are due now");
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
        jobs::{Job, LEASE},
        testing::{Queue, World},
    };

    use super::*;

    /// A world with a job in the hands of a worker, and a sweeper that trusts leases.
    async fn world_with_a_job_at_work() -> (World, Steadiness) {
        let world = World::new().await;
        cron::fire(&world.ctx, "clean_up", world.ctx.now(), &Job::CleanUp {}).await.unwrap();
        assert_eq!(jobs::claim(&world.ctx, 1).await.unwrap().len(), 1);
        let steadiness = Steadiness::begin();
        // Only the sweeper's own time is stopped, and only here: a database does not wait for it.
        time::pause();
        time::advance(Duration::from_secs(15)).await;
        time::resume();
        (world, steadiness)
    }

    #[tokio::test]
    async fn an_expired_lease_is_taken_back_while_all_is_well() {
        let (world, steadiness) = world_with_a_job_at_work().await;
        world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
        sweep(&world.ctx, &steadiness).await.unwrap();
        assert_eq!(world.queue().await, Queue { ready: 1, ..Queue::default() });
    }

    #[tokio::test]
    async fn a_clock_that_is_set_takes_no_job_from_a_worker_that_is_alive() {
        for step in [TimeDelta::hours(1), TimeDelta::hours(-1)] {
            let (world, steadiness) = world_with_a_job_at_work().await;
            sweep(&world.ctx, &steadiness).await.unwrap();
            world.clock.advance(step);
            sweep(&world.ctx, &steadiness).await.unwrap();
            assert_eq!(world.queue().await, Queue { running: 1, ..Queue::default() }, "{step}");
        }
    }

    #[tokio::test]
    async fn a_database_that_was_away_takes_no_job_from_a_worker_that_is_alive() {
        let (world, steadiness) = world_with_a_job_at_work().await;
        world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
        steadiness.disturb();
        sweep(&world.ctx, &steadiness).await.unwrap();
        assert_eq!(world.queue().await, Queue { running: 1, ..Queue::default() });
    }
}
