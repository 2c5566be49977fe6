use std::collections::HashSet;

use chrono::TimeDelta;
use domain::JobId;
use service::{
    Context, confirmation, cron,
    jobs::{Claim, Job, LEASE, Verdict, claim, complete, extend_lease, fail, hand_back, sweep},
    testing::{Queue, World},
};

use crate::support::{at_once, claim_one, register};

/// Puts so many jobs into the queue.
async fn enqueue(world: &World, count: i64, job: &Job) {
    for number in 0..count {
        let tick = (world.ctx.now().utc() + TimeDelta::milliseconds(number)).into();
        assert!(cron::fire(&world.ctx, job.kind(), tick, job).await.unwrap());
    }
}

/// A world with one job in it.
async fn world_with_a_job() -> World {
    let world = World::new().await;
    enqueue(&world, 1, &Job::CleanUp {}).await;
    world
}

fn lease() -> TimeDelta {
    TimeDelta::from_std(LEASE).unwrap()
}

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
    enqueue(&world, 100, &Job::CleanUp {}).await;
    let other = world.second_process().await;
    let workers = [&world.ctx, &world.ctx, &other, &other];
    let claimed = at_once(workers.map(|ctx| claim_everything(ctx.clone()))).await.concat();
    let distinct: HashSet<_> = claimed.iter().collect();
    assert_eq!(claimed.len(), distinct.len(), "a job was claimed twice");
    // A worker that saw only what others had locked may have gone home early; the next one finds the rest.
    let rest = claim_everything(world.ctx.clone()).await;
    assert_eq!(distinct.len() + rest.len(), 100);
}

#[tokio::test]
async fn the_most_urgent_job_goes_first_then_the_oldest() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    enqueue(&world, 1, &Job::CleanUp {}).await;
    world.clock.advance(TimeDelta::seconds(1));
    enqueue(&world, 1, &Job::SendReminders {}).await;
    for guest in world.crowd(2).await {
        world.clock.advance(TimeDelta::seconds(1));
        register(&world.ctx, &guest, sprint).await.unwrap();
    }
    let mut kinds = Vec::new();
    let mut ids = Vec::new();
    for _ in 0..4 {
        let [next] = &claim(&world.ctx, 1).await.unwrap()[..] else { panic!("one job") };
        kinds.push(next.job.kind());
        ids.push(next.id);
    }
    let confirm = "confirm_registration";
    assert_eq!(kinds, [confirm, confirm, "send_reminders", "clean_up"]);
    assert!(ids[0] < ids[1], "ids grow with time");
    assert!(claim(&world.ctx, 1).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_job_that_was_taken_back_cannot_be_acknowledged_by_the_worker_that_lost_it() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    register(&world.ctx, &grace, sprint).await.unwrap();
    let lost = claim_one(&world.ctx).await;
    world.clock.advance(lease() + TimeDelta::milliseconds(1));
    assert_eq!(sweep(&world.ctx).await.unwrap(), 1);

    // Nobody has it yet.
    confirmation::confirm(&world.ctx, std::slice::from_ref(&lost)).await.unwrap();
    assert_eq!((world.mails().await, world.queue().await.ready), (0, 1));

    // Somebody else has it.
    let held = claim_one(&world.ctx).await;
    confirmation::confirm(&world.ctx, std::slice::from_ref(&lost)).await.unwrap();
    complete(&world.ctx, &lost).await.unwrap();
    hand_back(&world.ctx, std::slice::from_ref(&lost)).await.unwrap();
    assert_eq!(fail(&world.ctx, &lost, "too late").await.unwrap(), Verdict::Lost);
    let both = [lost.clone(), held.clone()];
    assert_eq!(extend_lease(&world.ctx, &both).await.unwrap(), HashSet::from([held.id]));
    assert_eq!((world.mails().await, world.queue().await.running), (0, 1));

    confirmation::confirm(&world.ctx, &[held]).await.unwrap();
    assert_eq!(world.mails().await, 1);
    assert_eq!(world.queue().await, Queue { done: 1, ..Queue::default() });
}

#[tokio::test]
async fn a_heartbeat_keeps_a_job_beyond_its_first_lease() {
    let world = world_with_a_job().await;
    let held = claim_one(&world.ctx).await;
    for _ in 0..3 {
        world.clock.advance(lease());
        assert_eq!(sweep(&world.ctx).await.unwrap(), 0, "the last moment of a lease counts");
        let kept = extend_lease(&world.ctx, std::slice::from_ref(&held)).await.unwrap();
        assert_eq!(kept, HashSet::from([held.id]));
    }
    complete(&world.ctx, &held).await.unwrap();
    assert_eq!(world.queue().await.done, 1);
}

#[tokio::test]
async fn empty_hands_hold_and_change_nothing() {
    let world = world_with_a_job().await;
    let held = claim_one(&world.ctx).await;
    let nothing: [Claim; 0] = [];
    hand_back(&world.ctx, &nothing).await.unwrap();
    confirmation::confirm(&world.ctx, &nothing).await.unwrap();
    assert!(extend_lease(&world.ctx, &nothing).await.unwrap().is_empty());
    assert_eq!(world.queue().await, Queue { running: 1, ..Queue::default() });
    complete(&world.ctx, &held).await.unwrap();
}

#[tokio::test]
async fn a_job_that_fails_is_tried_three_times_and_then_dead() {
    let world = world_with_a_job().await;
    // Give or take a fifth.
    for (shortest, longest) in [(1_600, 2_400), (3_200, 4_800)] {
        let failed = claim_one(&world.ctx).await;
        assert_eq!(fail(&world.ctx, &failed, "no luck").await.unwrap(), Verdict::Retry);
        world.clock.advance(TimeDelta::milliseconds(shortest - 1));
        assert!(claim(&world.ctx, 1).await.unwrap().is_empty(), "too early");
        world.clock.advance(TimeDelta::milliseconds(longest - shortest + 1));
    }
    let failed = claim_one(&world.ctx).await;
    assert_eq!(fail(&world.ctx, &failed, "no luck\0at all").await.unwrap(), Verdict::Dead);
    assert_eq!(world.queue().await, Queue { dead: 1, ..Queue::default() });
    assert_eq!(world.reasons_of_death().await, ["no luckat all"], "NUL fits no database");
    assert_eq!(fail(&world.ctx, &failed, "again").await.unwrap(), Verdict::Lost);
}

#[tokio::test]
async fn a_job_that_outlives_three_workers_is_dead_with_the_fourth() {
    let world = world_with_a_job().await;
    for round in 1..=4 {
        assert_eq!(claim(&world.ctx, 1).await.unwrap().len(), 1, "round {round}");
        world.clock.advance(lease() + TimeDelta::milliseconds(1));
        assert_eq!(sweep(&world.ctx).await.unwrap(), 1);
    }
    assert_eq!(world.queue().await, Queue { dead: 1, ..Queue::default() });
    let reasons = world.reasons_of_death().await;
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
    assert_eq!(fail(&world.ctx, &failed, "no luck").await.unwrap(), Verdict::Retry);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lease_expires_once_however_many_sweep() {
    let world = World::new().await;
    enqueue(&world, 20, &Job::CleanUp {}).await;
    claim(&world.ctx, 20).await.unwrap();
    world.clock.advance(lease() + TimeDelta::milliseconds(1));
    let other = world.second_process().await;
    let sweeps = [&world.ctx, &other, &world.ctx, &other].map(Context::clone);
    let swept = at_once(sweeps.map(|ctx| async move { sweep(&ctx).await.unwrap() })).await;
    assert_eq!(swept.iter().sum::<usize>(), 20);
    assert_eq!(world.queue().await.ready, 20);
}

#[tokio::test]
async fn a_job_of_an_unknown_kind_goes_to_the_dead_letter_queue() {
    let world = world_with_a_job().await;
    world.retire_all_jobs().await;
    assert!(claim(&world.ctx, 10).await.unwrap().is_empty());
    assert_eq!(world.queue().await, Queue { dead: 1, ..Queue::default() });
    assert!(world.reasons_of_death().await[0].contains("retired"));
}

#[tokio::test]
async fn a_job_handed_back_is_taken_at_once_and_lost_nothing() {
    let world = world_with_a_job().await;
    // More often than a job may fail or lose its worker.
    for _ in 0..10 {
        let claim = claim_one(&world.ctx).await;
        hand_back(&world.ctx, &[claim]).await.unwrap();
    }
    let claim = claim_one(&world.ctx).await;
    complete(&world.ctx, &claim).await.unwrap();
    assert_eq!(world.queue().await, Queue { done: 1, ..Queue::default() });
}

#[tokio::test]
async fn a_worker_that_waits_without_redis_is_woken_by_a_registration() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    let alone = world.process_without_redis().await;
    let ctx = alone.clone();
    let waiting = tokio::spawn(async move { ctx.new_jobs().await });
    register(&alone, &grace, sprint).await.unwrap();
    waiting.await.unwrap();
    claim_one(&alone).await;
}
