//! Claims: who holds a job, and until when.

use std::collections::HashSet;

use chrono::TimeDelta;
use domain::JobId;
use service::{
    Context,
    housekeeping::CleanUp,
    jobs::{Claim, FailOutcome, claim, complete, execute, extend_lease, fail, release, sweep},
    reminder::SendReminders,
    testing::{Queue, World},
};

use super::{enqueue, lease, world_with_a_job};
use crate::support::{at_once, claim_one, register};

async fn claim_everything(ctx: Context) -> Vec<JobId> {
    let mut ids = Vec::new();
    loop {
        let claims = claim(&ctx, 7).await.unwrap();
        if claims.is_empty() {
            return ids;
        }
        ids.extend(claims.iter().map(|claim| claim.id));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_workers_never_share_a_job() {
    let world = World::new().await;
    enqueue(&world, 100, CleanUp {}).await;
    let other = world.second_process().await;
    let workers = [&world.ctx, &world.ctx, &other, &other];
    let claimed = at_once(workers.map(|ctx| claim_everything(ctx.clone()))).await.concat();
    let distinct: HashSet<_> = claimed.iter().collect();
    assert_eq!(claimed.len(), distinct.len(), "a job was claimed twice");
    // A worker that found all jobs locked by others may have stopped early; the next one finds the
    // rest.
    let rest = claim_everything(world.ctx.clone()).await;
    assert_eq!(distinct.len() + rest.len(), 100);
}

#[tokio::test]
async fn jobs_are_claimed_by_priority_and_then_by_age() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    enqueue(&world, 1, CleanUp {}).await;
    world.clock.advance(TimeDelta::seconds(1));
    enqueue(&world, 1, SendReminders {}).await;
    for participant in world.participants(2).await {
        world.clock.advance(TimeDelta::seconds(1));
        register(&world.ctx, &participant, sprint).await.unwrap();
    }
    let mut kinds = Vec::new();
    let mut ids = Vec::new();
    for _ in 0..4 {
        let [next] = &claim(&world.ctx, 1).await.unwrap()[..] else { panic!("one job") };
        kinds.push(next.kind());
        ids.push(next.id);
    }
    let confirm = "confirm_registrations";
    assert_eq!(kinds, [confirm, confirm, "send_reminders", "clean_up"]);
    assert!(ids[0] < ids[1], "ids grow with time");
    assert!(claim(&world.ctx, 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_worker_that_lost_its_lease_cannot_acknowledge_the_job() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let lost = claim_one(&world.ctx).await;
    world.clock.advance(lease() + TimeDelta::milliseconds(1));
    assert_eq!(sweep(&world.ctx).await.unwrap(), 1);

    // The job waits.
    execute(&world.ctx, std::slice::from_ref(&lost)).await.unwrap();
    assert_eq!((world.mails().await, world.queue().await.waiting), (0, 1));

    // Another worker has the job.
    let held = claim_one(&world.ctx).await;
    execute(&world.ctx, std::slice::from_ref(&lost)).await.unwrap();
    complete(&world.ctx, &lost).await.unwrap();
    release(&world.ctx, std::slice::from_ref(&lost)).await.unwrap();
    assert_eq!(fail(&world.ctx, &lost, "too late").await.unwrap(), FailOutcome::Lost);
    let both = [lost.clone(), held.clone()];
    assert_eq!(extend_lease(&world.ctx, &both).await.unwrap(), HashSet::from([held.key()]));
    assert_eq!((world.mails().await, world.queue().await.active), (0, 1));

    execute(&world.ctx, &[held]).await.unwrap();
    assert_eq!(world.mails().await, 1);
    assert_eq!(world.queue().await, Queue { completed: 1, ..Queue::default() });
}

#[tokio::test]
async fn an_empty_list_of_claims_changes_nothing() {
    let world = world_with_a_job().await;
    let held = claim_one(&world.ctx).await;
    let nothing: [Claim; 0] = [];
    release(&world.ctx, &nothing).await.unwrap();
    execute(&world.ctx, &nothing).await.unwrap();
    assert!(extend_lease(&world.ctx, &nothing).await.unwrap().is_empty());
    assert_eq!(world.queue().await, Queue { active: 1, ..Queue::default() });
    complete(&world.ctx, &held).await.unwrap();
}

#[tokio::test]
async fn a_released_job_is_due_at_once_and_keeps_its_attempts_and_leases() {
    let world = world_with_a_job().await;
    // More often than a job may fail or lose its worker.
    for _ in 0..10 {
        let claim = claim_one(&world.ctx).await;
        release(&world.ctx, &[claim]).await.unwrap();
    }
    let claim = claim_one(&world.ctx).await;
    complete(&world.ctx, &claim).await.unwrap();
    assert_eq!(world.queue().await, Queue { completed: 1, ..Queue::default() });
}

#[tokio::test]
async fn a_registration_wakes_a_waiting_worker_of_its_process_without_redis() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    let alone = world.process_without_redis().await;
    // Every waiting worker: they take jobs of different classes.
    let mut news = [alone.subscribe_to_jobs(), alone.subscribe_to_jobs()];
    register(&alone, &grace, sprint).await.unwrap();
    for news in &mut news {
        news.wait().await;
    }
    claim_one(&alone).await;
}
