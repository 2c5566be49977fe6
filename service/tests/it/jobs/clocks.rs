//! Clocks that were ahead and are set back.

use chrono::TimeDelta;
use service::jobs::{bring_forward, fail, postpone, sweep};

use super::world_with_a_job;
use crate::support::claim_one;

#[tokio::test]
async fn a_lease_written_by_a_clock_that_was_ahead_is_swept() {
    let world = world_with_a_job().await;
    claim_one(&world.ctx).await;
    world.clock.advance(TimeDelta::hours(-1));
    assert_eq!(sweep(&world.ctx).await.unwrap(), 1);
}

#[tokio::test]
async fn a_job_added_by_a_clock_that_was_ahead_is_due_after_it_was_set_back() {
    // Further than any pause lasts, and less far.
    for ahead in [TimeDelta::hours(1), TimeDelta::minutes(10)] {
        let world = world_with_a_job().await;
        world.clock.advance(TimeDelta::seconds(1));
        let failed = claim_one(&world.ctx).await;
        fail(&world.ctx, &failed, "no luck").await.unwrap();
        assert_eq!(bring_forward(&world.ctx).await.unwrap(), 0, "a pause after a failure stays");
        world.clock.advance(-ahead);
        assert_eq!(bring_forward(&world.ctx).await.unwrap(), 1, "{ahead}");
        claim_one(&world.ctx).await;
    }
}

#[tokio::test]
async fn a_job_postponed_by_a_clock_that_was_ahead_is_due_after_it_was_set_back() {
    let world = world_with_a_job().await;
    world.clock.advance(TimeDelta::hours(2));
    let claim = claim_one(&world.ctx).await;
    postpone(&world.ctx, &[claim], "away").await.unwrap();
    world.clock.advance(TimeDelta::hours(-1));
    assert_eq!(bring_forward(&world.ctx).await.unwrap(), 1);
    claim_one(&world.ctx).await;
}

#[tokio::test]
async fn the_longest_pause_after_a_failure_is_not_brought_forward() {
    let world = world_with_a_job().await;
    world.execute("UPDATE jobs SET attempts = 400, max_attempts = 500").await.unwrap();
    let failed = claim_one(&world.ctx).await;
    fail(&world.ctx, &failed, "no luck").await.unwrap();
    assert_eq!(bring_forward(&world.ctx).await.unwrap(), 0);
}
