//! The life of a job, from its claim to its end.

mod attempts;
mod claims;
mod clocks;
mod items;
mod kinds;
mod leases;
mod postponements;

use chrono::TimeDelta;
use service::{
    cron,
    housekeeping::CleanUp,
    jobs::{BackgroundJob, LEASE},
    testing::World,
};

/// Adds `count` jobs.
async fn enqueue<J: BackgroundJob + Clone>(world: &World, count: i64, job: J) {
    for number in 0..count {
        let tick = (world.ctx.now().utc() + TimeDelta::milliseconds(number)).into();
        assert!(cron::fire(&world.ctx, J::NAME, tick, job.clone()).await.unwrap());
    }
}

/// A world with one job in it.
async fn world_with_a_job() -> World {
    let world = World::new().await;
    enqueue(&world, 1, CleanUp {}).await;
    world
}

fn lease() -> TimeDelta {
    TimeDelta::from_std(LEASE).unwrap()
}
