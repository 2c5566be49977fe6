//! Jobs that fail.

use chrono::TimeDelta;
use service::{
    jobs::{Disposition, FailOutcome, claim, fail},
    testing::{Queue, World},
};

use super::world_with_a_job;
use crate::support::claim_one;

#[tokio::test]
async fn a_job_moves_to_the_dead_letters_after_three_failed_attempts() {
    let world = world_with_a_job().await;
    // Give or take a fifth.
    for (shortest, longest) in [(1_600, 2_400), (3_200, 4_800)] {
        let failed = claim_one(&world.ctx).await;
        assert_eq!(fail(&world.ctx, &failed, "no luck").await.unwrap(), FailOutcome::Retry);
        world.clock.advance(TimeDelta::milliseconds(shortest - 1));
        assert!(claim(&world.ctx, 1).await.unwrap().is_empty(), "too early");
        world.clock.advance(TimeDelta::milliseconds(longest - shortest + 1));
    }
    let failed = claim_one(&world.ctx).await;
    assert_eq!(fail(&world.ctx, &failed, "no luck\0at all").await.unwrap(), FailOutcome::Dead);
    assert_eq!(world.queue().await, Queue { dead: 1, ..Queue::default() });
    assert_eq!(world.dead_letter_errors().await, ["no luckat all"], "NUL fits no database");
    assert_eq!(fail(&world.ctx, &failed, "again").await.unwrap(), FailOutcome::Lost);
}

#[tokio::test]
async fn a_job_that_was_stored_with_fewer_attempts_gets_those_of_today() {
    let world = world_with_a_job().await;
    world.execute("UPDATE jobs SET max_attempts = 1").await.unwrap();
    for _ in 0..2 {
        let failed = claim_one(&world.ctx).await;
        assert_eq!(fail(&world.ctx, &failed, "no luck").await.unwrap(), FailOutcome::Retry);
        world.clock.advance(TimeDelta::minutes(1));
    }
    let failed = claim_one(&world.ctx).await;
    assert_eq!(fail(&world.ctx, &failed, "no luck").await.unwrap(), FailOutcome::Dead);
}

#[tokio::test]
async fn conflicts_and_outages_of_the_database_postpone_a_job() {
    let corrupt = service::Error::Corrupt("a status of old".to_owned());
    assert_eq!(Disposition::of(&corrupt), Disposition::Attempt);
    assert_eq!(Disposition::of(&service::Error::Conflict), Disposition::Postpone);
    let world = World::new().await;
    world.ctx.db().close().await.unwrap();
    let away = claim(&world.ctx, 1).await.unwrap_err();
    assert_eq!(Disposition::of(&away), Disposition::Postpone, "{away:?}");
}
