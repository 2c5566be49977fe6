use std::collections::HashSet;

use chrono::TimeDelta;
use domain::JobId;
use service::{
    Context, confirmation, cron,
    jobs::{
        Claim, Class, Consumer, Disposition, Job, LEASE, Operator, Verdict, bring_forward, claim,
        complete, excuse_lost_leases, extend_lease, fail, hand_back, postpone, stats, sweep,
    },
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
    assert_eq!(extend_lease(&world.ctx, &both).await.unwrap(), HashSet::from([held.key()]));
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
        assert_eq!(kept, HashSet::from([held.key()]));
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
async fn a_job_of_a_newer_version_waits_for_a_worker_that_knows_it() {
    let world = world_with_a_job().await;
    world.retire_all_jobs().await;
    for _ in 0..3 {
        assert!(claim(&world.ctx, 10).await.unwrap().is_empty());
        world.clock.advance(TimeDelta::days(1));
        sweep(&world.ctx).await.unwrap();
    }
    assert_eq!(world.queue().await, Queue { ready: 1, ..Queue::default() });
    assert_eq!(world.claims_made().await, 0, "nobody took it");
    let stats = stats(&world.ctx, Operator::Console).await.unwrap();
    let waiting = stats.into_iter().find(|stats| stats.kind == "retired").unwrap();
    assert_eq!((waiting.ready, waiting.oldest_age_seconds), (1, Some(3 * 24 * 3_600)));

    world.execute("UPDATE jobs SET kind = 'clean_up'").await.unwrap();
    complete(&world.ctx, &claim_one(&world.ctx).await).await.unwrap();
}

#[tokio::test]
async fn a_payload_of_a_newer_version_is_put_off_until_a_worker_can_read_it() {
    let world = world_with_a_job().await;
    world.execute("UPDATE jobs SET kind = 'tell_of_cancellation', priority = 10").await.unwrap();
    for round in 1..=20 {
        assert!(claim(&world.ctx, 10).await.unwrap().is_empty());
        assert!(claim(&world.ctx, 10).await.unwrap().is_empty(), "not again at once");
        assert_eq!(world.claims_made().await, round);
        world.clock.advance(TimeDelta::minutes(6));
    }
    assert_eq!(world.queue().await, Queue { ready: 1, ..Queue::default() });
    world.execute("UPDATE jobs SET kind = 'clean_up', priority = 20").await.unwrap();
    complete(&world.ctx, &claim_one(&world.ctx).await).await.unwrap();
}

#[tokio::test]
async fn a_job_that_is_put_off_uses_up_no_attempt_and_is_never_dead() {
    let world = world_with_a_job().await;
    for _ in 0..30 {
        let claim = claim_one(&world.ctx).await;
        let away = "the database failed";
        postpone(&world.ctx, std::slice::from_ref(&claim), away).await.unwrap();
        complete(&world.ctx, &claim).await.unwrap();
        assert_eq!(world.queue().await, Queue { ready: 1, ..Queue::default() });
        // Five minutes and a fifth, at most.
        world.clock.advance(TimeDelta::minutes(6));
    }
    for attempt in 1..=2 {
        let failed = claim_one(&world.ctx).await;
        let verdict = fail(&world.ctx, &failed, "no luck").await.unwrap();
        assert_eq!(verdict, Verdict::Retry, "attempt {attempt}");
        world.clock.advance(TimeDelta::minutes(1));
    }
    let failed = claim_one(&world.ctx).await;
    assert_eq!(fail(&world.ctx, &failed, "no luck").await.unwrap(), Verdict::Dead);
}

#[tokio::test]
async fn the_pause_of_a_job_that_is_put_off_grows_from_seconds_to_minutes() {
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
async fn each_job_that_is_put_off_pauses_by_its_own_count() {
    let world = World::new().await;
    enqueue(&world, 1, &Job::CleanUp {}).await;
    for _ in 0..8 {
        let old = claim_one(&world.ctx).await;
        postpone(&world.ctx, &[old], "away").await.unwrap();
        world.clock.advance(TimeDelta::minutes(6));
    }
    enqueue(&world, 2, &Job::SendReminders {}).await;
    world.clock.advance(TimeDelta::seconds(1));
    let mut both = claim(&world.ctx, 10).await.unwrap();
    both.sort_by_key(Claim::postponements);
    let counts: Vec<_> = both.iter().map(Claim::postponements).collect();
    assert_eq!(counts, [0, 0, 8]);
    postpone(&world.ctx, &both, "away").await.unwrap();
    world.clock.advance(TimeDelta::milliseconds(2_400));
    let fresh = claim(&world.ctx, 10).await.unwrap();
    let kinds: Vec<_> = fresh.iter().map(|claim| claim.job.kind()).collect();
    assert_eq!(kinds, ["send_reminders", "send_reminders"], "two seconds, and not five minutes");
    world.clock.advance(TimeDelta::minutes(6));
    assert_eq!(claim_one(&world.ctx).await.postponements(), 9);
}

#[tokio::test]
async fn a_job_that_an_older_version_allowed_less_may_fail_as_often_as_now() {
    let world = world_with_a_job().await;
    world.execute("UPDATE jobs SET max_attempts = 1").await.unwrap();
    for _ in 0..2 {
        let failed = claim_one(&world.ctx).await;
        assert_eq!(fail(&world.ctx, &failed, "no luck").await.unwrap(), Verdict::Retry);
        world.clock.advance(TimeDelta::minutes(1));
    }
    let failed = claim_one(&world.ctx).await;
    assert_eq!(fail(&world.ctx, &failed, "no luck").await.unwrap(), Verdict::Dead);
}

#[tokio::test]
async fn jobs_that_are_put_off_together_come_back_together_and_others_stay() {
    let world = World::new().await;
    enqueue(&world, 5, &Job::CleanUp {}).await;
    world.clock.advance(TimeDelta::seconds(1));
    let claims = claim(&world.ctx, 4).await.unwrap();
    postpone(&world.ctx, &claims[..3], "away").await.unwrap();
    postpone(&world.ctx, &[], "away").await.unwrap();
    assert_eq!(world.queue().await, Queue { ready: 4, running: 1, ..Queue::default() });
    assert_eq!(claim(&world.ctx, 10).await.unwrap().len(), 1, "the one that was never taken");
    world.clock.advance(TimeDelta::seconds(3));
    assert_eq!(claim(&world.ctx, 10).await.unwrap().len(), 3);
}

#[tokio::test]
async fn only_the_fault_of_a_job_is_an_attempt() {
    let corrupt = service::Error::Corrupt("a status of old".to_owned());
    assert_eq!(Disposition::of(&corrupt), Disposition::Attempt);
    assert_eq!(Disposition::of(&service::Error::Conflict), Disposition::Postpone);
    let world = World::new().await;
    world.ctx.db().close().await.unwrap();
    let away = claim(&world.ctx, 1).await.unwrap_err();
    assert_eq!(Disposition::of(&away), Disposition::Postpone, "{away:?}");
}

#[tokio::test]
async fn leases_lost_to_a_database_that_was_away_do_not_count() {
    let world = world_with_a_job().await;
    // More often than a job may lose its worker.
    for _ in 0..10 {
        let lost = claim_one(&world.ctx).await;
        world.clock.advance(lease() + TimeDelta::milliseconds(1));
        assert_eq!(sweep(&world.ctx).await.unwrap(), 1);
        excuse_lost_leases(&world.ctx, &[lost]).await.unwrap();
    }
    assert_eq!(world.queue().await, Queue { ready: 1, ..Queue::default() });
    let held = claim_one(&world.ctx).await;
    excuse_lost_leases(&world.ctx, std::slice::from_ref(&held)).await.unwrap();
    complete(&world.ctx, &held).await.unwrap();
}

#[tokio::test]
async fn a_lease_from_a_clock_that_was_ahead_does_not_keep_a_job_for_hours() {
    let world = world_with_a_job().await;
    claim_one(&world.ctx).await;
    world.clock.advance(TimeDelta::hours(-1));
    assert_eq!(sweep(&world.ctx).await.unwrap(), 1);
}

#[tokio::test]
async fn a_job_added_by_a_clock_that_was_ahead_is_due_once_it_was_set_back() {
    let world = world_with_a_job().await;
    world.clock.advance(TimeDelta::seconds(1));
    let failed = claim_one(&world.ctx).await;
    fail(&world.ctx, &failed, "no luck").await.unwrap();
    assert_eq!(bring_forward(&world.ctx).await.unwrap(), 0, "a pause is no mistake");
    world.clock.advance(TimeDelta::hours(-1));
    assert_eq!(bring_forward(&world.ctx).await.unwrap(), 1);
    claim_one(&world.ctx).await;
}

#[tokio::test]
async fn a_job_put_off_by_a_clock_that_was_ahead_is_due_once_it_was_set_back() {
    let world = world_with_a_job().await;
    world.clock.advance(TimeDelta::hours(2));
    let claim = claim_one(&world.ctx).await;
    postpone(&world.ctx, &[claim], "away").await.unwrap();
    world.clock.advance(TimeDelta::hours(-1));
    assert_eq!(bring_forward(&world.ctx).await.unwrap(), 1);
    claim_one(&world.ctx).await;
}

#[tokio::test]
async fn no_pause_after_a_failure_is_taken_for_the_mistake_of_a_clock() {
    let world = world_with_a_job().await;
    world.execute("UPDATE jobs SET attempts = 400, max_attempts = 500").await.unwrap();
    let failed = claim_one(&world.ctx).await;
    fail(&world.ctx, &failed, "no luck").await.unwrap();
    assert_eq!(bring_forward(&world.ctx).await.unwrap(), 0);
}

#[tokio::test]
async fn nothing_waits_behind_jobs_of_another_class() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let ctx = world.process_with_mail("smtp://127.0.0.1:1").await;
    let guests = world.crowd(4).await;
    for guest in &guests[..3] {
        register(&ctx, guest, sprint).await.unwrap();
    }
    let confirmations = claim(&ctx, 10).await.unwrap();
    confirmation::confirm(&ctx, &confirmations).await.unwrap();
    crate::support::call_off(&ctx, &ada, sprint).await.unwrap();
    let [notice] = &take(&ctx, Class::Background).await[..] else { panic!("one job") };
    service::cancellation::tell(&ctx, notice).await.unwrap();
    let address = domain::Email::parse("ada@example.com").unwrap();
    service::password_reset::request(&ctx, address).await.unwrap();
    let marathon = world.competition(&ada).create().await;
    register(&ctx, &guests[3], marathon).await.unwrap();

    // All at once, and each finds its own.
    for (class, expected) in [
        (Class::BulkMail, vec!["deliver_mail"; 3]),
        (
            Class::AccountMail,
            vec!["send_reset_link", "deliver_mail", "deliver_mail", "deliver_mail"],
        ),
        (Class::Confirmations, vec!["confirm_registration"]),
        (Class::Background, vec![]),
    ] {
        let taken = take(&ctx, class).await;
        let mut kinds: Vec<_> = taken.iter().map(|claim| claim.job.kind()).collect();
        kinds.sort_unstable_by_key(|kind| *kind != "send_reset_link");
        assert_eq!(kinds, expected, "{class:?}");
    }
}

async fn take(ctx: &Context, class: Class) -> Vec<Claim> {
    let consumer = Consumer::new(ctx, class);
    service::jobs::relay(ctx).await.unwrap();
    let claims = consumer.take(10).await.unwrap();
    consumer.retire().await;
    claims
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
    // Each of those that wait: they take different jobs.
    let mut news = [alone.new_jobs(), alone.new_jobs()];
    register(&alone, &grace, sprint).await.unwrap();
    for news in &mut news {
        news.wait().await;
    }
    claim_one(&alone).await;
}
