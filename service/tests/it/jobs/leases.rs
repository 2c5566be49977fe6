//! Leases that are extended, lost and excused.

use std::collections::HashSet;

use chrono::TimeDelta;
use service::{
    Context,
    housekeeping::CleanUp,
    jobs::{FailOutcome, claim, complete, excuse_lost_leases, extend_lease, fail, sweep},
    testing::{Queue, World},
};

use super::{enqueue, lease, world_with_a_job};
use crate::support::{at_once, claim_one};

#[tokio::test]
async fn a_heartbeat_keeps_a_job_beyond_its_first_lease() {
    let world = world_with_a_job().await;
    let held = claim_one(&world.ctx).await;
    for _ in 0..3 {
        world.clock.advance(lease());
        assert_eq!(sweep(&world.ctx).await.unwrap(), 0, "the last moment of a lease counts");
        let kept = extend_lease(&world.ctx, std::slice::from_ref(&held)).await.unwrap();
        assert_eq!(kept, HashSet::from([held.key()]));
    }
    complete(&world.ctx, &held).await.unwrap();
    assert_eq!(world.queue().await.completed, 1);
}

#[tokio::test]
async fn a_job_moves_to_the_dead_letters_with_its_fourth_lost_worker() {
    let world = world_with_a_job().await;
    for round in 1..=4 {
        assert_eq!(claim(&world.ctx, 1).await.unwrap().len(), 1, "round {round}");
        world.clock.advance(lease() + TimeDelta::milliseconds(1));
        assert_eq!(sweep(&world.ctx).await.unwrap(), 1);
    }
    assert_eq!(world.queue().await, Queue { dead: 1, ..Queue::default() });
    let reasons = world.dead_letter_errors().await;
    assert_eq!(reasons, ["4 workers died or hung while they had this job"]);
}

#[tokio::test]
async fn lost_leases_do_not_use_up_attempts() {
    let world = world_with_a_job().await;
    for _ in 0..3 {
        claim_one(&world.ctx).await;
        world.clock.advance(lease() + TimeDelta::milliseconds(1));
        sweep(&world.ctx).await.unwrap();
    }
    let failed = claim_one(&world.ctx).await;
    assert_eq!(fail(&world.ctx, &failed, "no luck").await.unwrap(), FailOutcome::Retry);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_expires_once_when_four_sweepers_run_at_once() {
    let world = World::new().await;
    enqueue(&world, 20, CleanUp {}).await;
    claim(&world.ctx, 20).await.unwrap();
    world.clock.advance(lease() + TimeDelta::milliseconds(1));
    let other = world.second_process().await;
    let sweeps = [&world.ctx, &other, &world.ctx, &other].map(Context::clone);
    let swept = at_once(sweeps.map(|ctx| async move { sweep(&ctx).await.unwrap() })).await;
    assert_eq!(swept.iter().sum::<usize>(), 20);
    assert_eq!(world.queue().await.waiting, 20);
}

#[tokio::test]
async fn leases_lost_to_a_database_outage_do_not_count() {
    let world = world_with_a_job().await;
    // More often than a job may lose its worker.
    for _ in 0..10 {
        let lost = claim_one(&world.ctx).await;
        world.clock.advance(lease() + TimeDelta::milliseconds(1));
        assert_eq!(sweep(&world.ctx).await.unwrap(), 1);
        excuse_lost_leases(&world.ctx, &[lost]).await.unwrap();
    }
    assert_eq!(world.queue().await, Queue { waiting: 1, ..Queue::default() });
    let held = claim_one(&world.ctx).await;
    excuse_lost_leases(&world.ctx, std::slice::from_ref(&held)).await.unwrap();
    complete(&world.ctx, &held).await.unwrap();
}
