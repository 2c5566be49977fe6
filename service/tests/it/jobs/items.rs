//! Jobs of several items: one job confirms all registrations of a transaction.

use std::slice::from_ref;

use chrono::TimeDelta;
use service::{
    confirmation::{ConfirmRegistration, ConfirmRegistrations},
    cron,
    jobs::{
        BackgroundJob, Class, Consumer, FailOutcome, Operator, claim, execute, fail,
        move_to_dead_letters, postpone, relay, release, stats, sweep,
    },
    testing::{Queue, World},
};

use super::lease;
use crate::support::{claim_one, register};

/// Registrations of a world.
const REGISTRATIONS: u64 = 6;

/// A world whose registrations were made by two transactions: the first one alone, the others
/// while its transaction waited.
async fn world_with_a_batch() -> World {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let participants = world.participants(REGISTRATIONS as usize).await;
    let hold = world.hold_writes().await;
    let mut registering = tokio::task::JoinSet::new();
    for participant in participants {
        let ctx = world.ctx.clone();
        registering.spawn(async move { register(&ctx, &participant, sprint).await.unwrap() });
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    hold.release().await;
    registering.join_all().await;
    assert_eq!(world.job_ids().await.len(), 2);
    world
}

/// The same with the job of the first registration done.
async fn world_with_only_a_batch() -> World {
    let world = world_with_a_batch().await;
    let claims = claim(&world.ctx, 10).await.unwrap();
    let (batch, single): (Vec<_>, Vec<_>) = claims.into_iter().partition(|job| job.items() > 1);
    execute(&world.ctx, &single).await.unwrap();
    release(&world.ctx, &batch).await.unwrap();
    assert_eq!(world.queue().await, Queue { waiting: 5, completed: 1, ..Queue::default() });
    world
}

#[tokio::test]
async fn one_job_confirms_the_registrations_of_a_transaction() {
    let world = world_with_a_batch().await;
    let kind = ConfirmRegistrations::NAME;
    let counted = stats(&world.ctx, Operator::Console).await.unwrap();
    let counted = counted.into_iter().find(|stats| stats.kind == kind).unwrap();
    assert_eq!(counted.ready, REGISTRATIONS);
    assert_eq!(world.run_pending_jobs().await, 2);
    assert_eq!(world.mails().await, REGISTRATIONS);
    assert_eq!(world.queue().await, Queue { completed: REGISTRATIONS, ..Queue::default() });
    let counted = stats(&world.ctx, Operator::Console).await.unwrap();
    let counted = counted.into_iter().find(|stats| stats.kind == kind).unwrap();
    assert_eq!((counted.ready, counted.done_last_minute), (0, REGISTRATIONS));
}

#[tokio::test]
async fn a_job_of_several_items_that_fails_is_split_and_each_item_has_its_own_attempts() {
    let world = world_with_only_a_batch().await;
    let held = claim_one(&world.ctx).await;
    assert_eq!(held.items(), 5);
    assert_eq!(fail(&world.ctx, &held, "no luck").await.unwrap(), FailOutcome::Split);
    assert_eq!(world.job_ids().await.len(), 6);

    // A claim from before the split changes nothing.
    execute(&world.ctx, from_ref(&held)).await.unwrap();
    assert_eq!(fail(&world.ctx, &held, "too late").await.unwrap(), FailOutcome::Lost);
    assert_eq!(world.mails().await, 1);

    let mut claims = claim(&world.ctx, 10).await.unwrap();
    assert_eq!(claims.iter().map(|claim| claim.items()).collect::<Vec<_>>(), [1; 5]);
    let at_fault = claims.remove(2);
    execute(&world.ctx, &claims).await.unwrap();
    move_to_dead_letters(&world.ctx, &at_fault, "refused").await.unwrap();
    assert_eq!(world.queue().await, Queue { completed: 5, dead: 1, ..Queue::default() });
    assert_eq!(world.mails().await, 5);
}

#[tokio::test]
async fn a_job_of_several_items_whose_failure_is_final_is_split() {
    let world = world_with_only_a_batch().await;
    let held = claim_one(&world.ctx).await;
    move_to_dead_letters(&world.ctx, &held, "refused").await.unwrap();
    assert_eq!(world.queue().await, Queue { waiting: 5, completed: 1, ..Queue::default() });
    assert_eq!(world.run_pending_jobs().await, 5);
}

#[tokio::test]
async fn a_job_of_several_items_that_is_postponed_twice_is_split() {
    let world = world_with_only_a_batch().await;
    for jobs in [2, 6] {
        let held = claim_one(&world.ctx).await;
        postpone(&world.ctx, &[held], "a row is locked").await.unwrap();
        assert_eq!(world.job_ids().await.len(), jobs);
        assert!(claim(&world.ctx, 10).await.unwrap().is_empty(), "the pause holds for each item");
        world.clock.advance(TimeDelta::seconds(6));
    }
    let claims = claim(&world.ctx, 10).await.unwrap();
    assert_eq!(claims.iter().map(|claim| claim.postponements()).collect::<Vec<_>>(), [2; 5]);
}

#[tokio::test]
async fn a_job_of_several_items_that_loses_its_second_worker_is_split() {
    let world = world_with_only_a_batch().await;
    for jobs in [2, 6] {
        claim_one(&world.ctx).await;
        world.clock.advance(lease() + TimeDelta::milliseconds(1));
        assert_eq!(sweep(&world.ctx).await.unwrap(), 1);
        assert_eq!(world.job_ids().await.len(), jobs);
    }
    // One of them may kill its worker: each is claimed alone.
    for _ in 0..5 {
        let claims = claim(&world.ctx, 10).await.unwrap();
        assert_eq!(claims.len(), 1);
        execute(&world.ctx, &claims).await.unwrap();
    }
    assert_eq!(world.mails().await, REGISTRATIONS);
}

#[tokio::test]
async fn a_worker_takes_jobs_until_they_have_as_many_items_as_it_asked_for() {
    let world = world_with_a_batch().await;
    relay(&world.ctx).await.unwrap();
    let mut consumer = Consumer::new(&world.ctx, Class::Confirmations);
    let mut take = async |limit| {
        let claims = consumer.take(limit).await.unwrap();
        claims.iter().map(|claim| claim.items()).collect::<Vec<_>>()
    };
    // Jobs are taken as a whole, in the order of their transactions.
    let first = take(1).await;
    assert!(first == [1] || first == [5], "{first:?}");
    assert_eq!(take(2).await, [6 - first[0]]);
    assert!(take(2).await.is_empty());
}

#[tokio::test]
async fn a_job_of_an_earlier_release_confirms_its_registration() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    let made = register(&world.ctx, &grace, sprint).await.unwrap().registration;
    world.execute("DELETE FROM jobs").await.unwrap();
    let job = ConfirmRegistration { registration_id: made.id };
    let listed = async || {
        let kinds = stats(&world.ctx, Operator::Console).await.unwrap();
        kinds.iter().any(|stats| stats.kind == ConfirmRegistration::NAME)
    };
    assert!(!listed().await, "a kind that only earlier releases add is listed without jobs");
    cron::fire(&world.ctx, "earlier", world.ctx.now(), job).await.unwrap();
    assert!(listed().await);
    assert_eq!(world.run_pending_jobs().await, 1);
    assert_eq!(world.mails().await, 1);
}
