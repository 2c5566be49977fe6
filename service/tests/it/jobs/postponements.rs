//! Jobs that are postponed.

use chrono::TimeDelta;
use service::{
    housekeeping::CleanUp,
    jobs::{Claim, FailOutcome, claim, complete, fail, postpone},
    reminder::SendReminders,
    testing::{Queue, World},
};

use super::{enqueue, world_with_a_job};
use crate::support::claim_one;

#[tokio::test]
async fn a_postponed_job_uses_up_no_attempt() {
    let world = world_with_a_job().await;
    for _ in 0..30 {
        let claim = claim_one(&world.ctx).await;
        let away = "the database failed";
        postpone(&world.ctx, std::slice::from_ref(&claim), away).await.unwrap();
        complete(&world.ctx, &claim).await.unwrap();
        assert_eq!(world.queue().await, Queue { waiting: 1, ..Queue::default() });
        // Longer than the longest pause: five minutes and a fifth.
        world.clock.advance(TimeDelta::minutes(6));
    }
    for attempt in 1..=2 {
        let failed = claim_one(&world.ctx).await;
        let verdict = fail(&world.ctx, &failed, "no luck").await.unwrap();
        assert_eq!(verdict, FailOutcome::Retry, "attempt {attempt}");
        world.clock.advance(TimeDelta::minutes(1));
    }
    let failed = claim_one(&world.ctx).await;
    assert_eq!(fail(&world.ctx, &failed, "no luck").await.unwrap(), FailOutcome::Dead);
}

#[tokio::test]
async fn the_pause_after_a_postponement_grows_from_2_seconds_to_5_minutes() {
    let world = world_with_a_job().await;
    // Give or take a fifth.
    for seconds in [2, 4, 8, 16, 32, 64, 128, 256, 300, 300] {
        let claim = claim_one(&world.ctx).await;
        postpone(&world.ctx, &[claim], "away").await.unwrap();
        world.clock.advance(TimeDelta::milliseconds(seconds * 800 - 1));
        assert!(service::jobs::claim(&world.ctx, 1).await.unwrap().is_empty(), "{seconds}");
        world.clock.advance(TimeDelta::milliseconds(seconds * 400 + 1));
    }
    claim_one(&world.ctx).await;
}

#[tokio::test]
async fn the_pause_after_a_postponement_depends_on_the_count_of_each_job() {
    let world = World::new().await;
    enqueue(&world, 1, CleanUp {}).await;
    for _ in 0..8 {
        let old = claim_one(&world.ctx).await;
        postpone(&world.ctx, &[old], "away").await.unwrap();
        world.clock.advance(TimeDelta::minutes(6));
    }
    enqueue(&world, 2, SendReminders {}).await;
    world.clock.advance(TimeDelta::seconds(1));
    let mut both = claim(&world.ctx, 10).await.unwrap();
    both.sort_by_key(Claim::postponements);
    let counts: Vec<_> = both.iter().map(Claim::postponements).collect();
    assert_eq!(counts, [0, 0, 8]);
    postpone(&world.ctx, &both, "away").await.unwrap();
    world.clock.advance(TimeDelta::milliseconds(2_400));
    let fresh = claim(&world.ctx, 10).await.unwrap();
    let kinds: Vec<_> = fresh.iter().map(|claim| claim.kind()).collect();
    assert_eq!(kinds, ["send_reminders", "send_reminders"], "two seconds, and not five minutes");
    world.clock.advance(TimeDelta::minutes(6));
    assert_eq!(claim_one(&world.ctx).await.postponements(), 9);
}

#[tokio::test]
async fn jobs_that_are_postponed_together_come_back_together() {
    let world = World::new().await;
    enqueue(&world, 5, CleanUp {}).await;
    world.clock.advance(TimeDelta::seconds(1));
    let claims = claim(&world.ctx, 4).await.unwrap();
    postpone(&world.ctx, &claims[..3], "away").await.unwrap();
    postpone(&world.ctx, &[], "away").await.unwrap();
    assert_eq!(world.queue().await, Queue { waiting: 4, active: 1, ..Queue::default() });
    assert_eq!(claim(&world.ctx, 10).await.unwrap().len(), 1, "the job that was never claimed");
    world.clock.advance(TimeDelta::seconds(3));
    assert_eq!(claim(&world.ctx, 10).await.unwrap().len(), 3);
}
