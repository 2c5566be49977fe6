//! The lists in Redis: they wake workers, and no job depends on them.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use service::{
    Cause, Context,
    confirmation::{ConfirmRegistrations, ToConfirm},
    cron,
    housekeeping::CleanUp,
    jobs::{BackgroundJob, Claim, Class, Consumer, LEASE, complete, execute, relay, sweep},
    reminder::SendReminders,
    testing::{Lists, World},
};

use crate::support::register;

async fn enqueue<J: BackgroundJob>(world: &World, job: J) {
    assert!(cron::fire(&world.ctx, J::NAME, world.ctx.now(), job).await.unwrap());
}

/// The jobs that a new worker of a class takes.
async fn take_of(ctx: &Context, class: Class) -> Vec<Claim> {
    let mut consumer = Consumer::new(ctx, class);
    let claims = consumer.take(10).await.unwrap();
    consumer.retire().await;
    claims
}

/// The same for class `Background`.
async fn take(ctx: &Context) -> Vec<Claim> {
    take_of(ctx, Class::Background).await
}

/// Takes the tickets of jobs from Redis, while the database does not let them be claimed.
async fn take_without_claiming(world: &World, consumer: &mut Consumer) {
    consumer.wait().await;
    world.execute("ALTER TABLE jobs RENAME TO hidden").await.unwrap();
    assert!(consumer.take(10).await.is_err());
    world.execute("ALTER TABLE hidden RENAME TO jobs").await.unwrap();
}

fn kinds(claims: &[Claim]) -> Vec<&'static str> {
    claims.iter().map(|claim| claim.kind()).collect()
}

#[tokio::test]
async fn jobs_that_have_lost_a_worker_are_claimed_one_by_one() {
    let world = World::new().await;
    for _ in 0..3 {
        enqueue(&world, CleanUp {}).await;
        world.clock.advance(TimeDelta::milliseconds(1));
    }
    relay(&world.ctx).await.unwrap();
    assert_eq!(take(&world.ctx).await.len(), 3);
    world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
    sweep(&world.ctx).await.unwrap();
    enqueue(&world, SendReminders {}).await;
    relay(&world.ctx).await.unwrap();

    let mut consumer = Consumer::new(&world.ctx, Class::Background);
    for expected in ["send_reminders", "clean_up", "clean_up", "clean_up"] {
        let claims = consumer.take(10).await.unwrap();
        assert_eq!(kinds(&claims), [expected]);
        complete(&world.ctx, &claims[0]).await.unwrap();
    }
    assert!(consumer.take(10).await.unwrap().is_empty());
    if world.ctx.redis().is_some() {
        assert_eq!(world.lists().await, Lists::default());
    }
}

#[tokio::test]
async fn a_job_that_has_lost_a_worker_does_not_wait_for_a_gap_between_other_jobs() {
    let world = World::new().await;
    enqueue(&world, CleanUp {}).await;
    relay(&world.ctx).await.unwrap();
    assert_eq!(take(&world.ctx).await.len(), 1);
    world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
    sweep(&world.ctx).await.unwrap();

    let mut consumer = Consumer::new(&world.ctx, Class::Background);
    let mut taken = Vec::new();
    for _ in 0..4 {
        // More urgent jobs keep coming.
        enqueue(&world, SendReminders {}).await;
        world.clock.advance(TimeDelta::milliseconds(1));
        relay(&world.ctx).await.unwrap();
        taken.push(kinds(&consumer.take(10).await.unwrap()));
    }
    let reminders = "send_reminders";
    let expected = [vec![reminders], vec!["clean_up"], vec![reminders; 2], vec![reminders]];
    assert_eq!(taken, expected);
}

#[tokio::test]
async fn without_redis_jobs_are_taken_from_the_database() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let grace = world.participant("Grace").await;
    let sprint = world.competition(&ada).create().await;
    let lonely = world.process_without_redis().await;
    enqueue(&world, CleanUp {}).await;
    let mut consumer = Consumer::new(&lonely, Class::Background);
    consumer.wait().await;
    assert_eq!(kinds(&consumer.take(10).await.unwrap()), ["clean_up"]);
    assert_eq!(relay(&lonely).await.unwrap(), 0);
    sweep(&lonely).await.unwrap();
    register(&lonely, &grace, sprint).await.unwrap();
    let claims = take_of(&lonely, Class::Confirmations).await;
    execute(&lonely, &claims).await.unwrap();
    assert_eq!(world.mails().await, 1);
}

mod with_redis {
    use service::{
        jobs::{fail, release},
        testing::Queue,
    };

    use super::*;

    #[tokio::test]
    async fn a_job_goes_from_the_outbox_through_its_list_to_a_worker() {
        let world = World::new().await;
        enqueue(&world, CleanUp {}).await;
        assert_eq!(relay(&world.ctx).await.unwrap(), 1);
        assert_eq!(world.lists().await, Lists { ready: 1, enqueued: 1, ..Lists::default() });
        assert_eq!(relay(&world.ctx).await.unwrap(), 0, "it is marked as pushed");
        assert_eq!(kinds(&take(&world.ctx).await), ["clean_up"]);
        assert_eq!(world.lists().await, Lists::default());
        assert_eq!(world.queue().await, Queue { active: 1, ..Queue::default() });
    }

    #[tokio::test]
    async fn a_job_that_is_pushed_twice_is_taken_once() {
        let world = World::new().await;
        enqueue(&world, CleanUp {}).await;
        for _ in 0..2 {
            assert_eq!(relay(&world.ctx).await.unwrap(), 1);
            world.execute("UPDATE jobs SET enqueued_at = NULL").await.unwrap();
        }
        assert_eq!(world.lists().await, Lists { ready: 1, enqueued: 1, ..Lists::default() });
        assert_eq!(take(&world.ctx).await.len(), 1);

        // Again, after a worker has claimed it.
        world.execute("UPDATE jobs SET state = 'ready'").await.unwrap();
        relay(&world.ctx).await.unwrap();
        world.execute("UPDATE jobs SET state = 'running'").await.unwrap();
        assert!(take(&world.ctx).await.is_empty());
        assert_eq!(world.lists().await, Lists::default(), "its ticket is removed");
    }

    #[tokio::test]
    async fn jobs_leave_the_lists_by_priority() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let grace = world.participant("Grace").await;
        let sprint = world.competition(&ada).create().await;
        enqueue(&world, CleanUp {}).await;
        enqueue(&world, SendReminders {}).await;
        relay(&world.ctx).await.unwrap();
        register(&world.ctx, &grace, sprint).await.unwrap();
        relay(&world.ctx).await.unwrap();

        let mut consumer = Consumer::new(&world.ctx, Class::Background);
        let mut taken = Vec::new();
        for _ in 0..3 {
            taken.extend(kinds(&consumer.take(1).await.unwrap()));
        }
        assert_eq!(taken, ["send_reminders", "clean_up"]);
        let confirmations = take_of(&world.ctx, Class::Confirmations).await;
        assert_eq!(kinds(&confirmations), ["confirm_registrations"]);
    }

    #[tokio::test]
    async fn a_registration_wakes_a_waiting_worker_of_another_process() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let grace = world.participant("Grace").await;
        let sprint = world.competition(&ada).create().await;
        let elsewhere = world.second_process().await;
        let mut consumer = Consumer::new(&elsewhere, Class::Confirmations);
        assert!(consumer.take(10).await.unwrap().is_empty());
        let waiting = tokio::spawn(async move {
            consumer.wait().await;
            consumer
        });
        register(&world.ctx, &grace, sprint).await.unwrap();
        // No relay has run: the process of the registration has pushed the job.
        let mut consumer = waiting.await.unwrap();
        assert_eq!(kinds(&consumer.take(10).await.unwrap()), ["confirm_registrations"]);
    }

    #[tokio::test]
    async fn jobs_taken_by_a_dead_worker_return_to_the_front_of_their_list() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let sprint = world.competition(&ada).create().await;
        let [first, second] = &world.participants(2).await[..] else { panic!("two participants") };
        let mut dies = Consumer::new(&world.ctx, Class::Confirmations);
        assert!(dies.take(10).await.unwrap().is_empty());
        let seat = register(&world.ctx, first, sprint).await.unwrap().registration;
        take_without_claiming(&world, &mut dies).await;
        drop(dies);
        register(&world.ctx, second, sprint).await.unwrap();
        relay(&world.ctx).await.unwrap();
        let taken = Lists { ready: 1, processing: 1, enqueued: 2, ..Lists::default() };
        assert_eq!(world.lists().await, taken);
        sweep(&world.ctx).await.unwrap();
        assert_eq!(world.lists().await, taken, "it may still be alive");

        world.outlive_workers().await;
        sweep(&world.ctx).await.unwrap();
        assert_eq!(world.lists().await, Lists { ready: 2, enqueued: 2, ..Lists::default() });
        let [next] = &Consumer::new(&world.ctx, Class::Confirmations).take(1).await.unwrap()[..]
        else {
            panic!("one job")
        };
        let registrations = vec![ToConfirm::new(seat.id, Cause::default())];
        assert_eq!(next.payload(), Some(&ConfirmRegistrations { registrations }));
    }

    #[tokio::test]
    async fn a_worker_that_retires_puts_back_jobs_that_it_has_not_claimed() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let grace = world.participant("Grace").await;
        let sprint = world.competition(&ada).create().await;
        let mut retires = Consumer::new(&world.ctx, Class::Confirmations);
        assert!(retires.take(10).await.unwrap().is_empty());
        register(&world.ctx, &grace, sprint).await.unwrap();
        take_without_claiming(&world, &mut retires).await;
        retires.retire().await;
        assert_eq!(world.lists().await, Lists { ready: 1, enqueued: 1, ..Lists::default() });
        assert_eq!(take_of(&world.ctx, Class::Confirmations).await.len(), 1);
    }

    #[tokio::test]
    async fn a_worker_that_waits_is_woken_by_a_job_in_any_list_of_its_class() {
        let world = World::new().await;
        let ctx = world.process_with_mail("smtp://127.0.0.1:9").await;
        let ada = world.organizer("Ada").await;
        let sprint = world.competition(&ada).create().await;
        let mut waits = Consumer::new(&ctx, Class::AccountMail);
        assert!(waits.take(10).await.unwrap().is_empty());
        register(&ctx, &world.participant("Grace").await, sprint).await.unwrap();
        let confirm = take_of(&ctx, Class::Confirmations).await;
        let began = Instant::now();
        let ((), confirmed) = tokio::join!(waits.wait(), execute(&ctx, &confirm));
        confirmed.unwrap();
        assert!(began.elapsed() < Duration::from_millis(900), "{:?}", began.elapsed());
        assert_eq!(kinds(&waits.take(10).await.unwrap()), ["deliver_mail"]);
        waits.retire().await;
    }

    #[tokio::test]
    async fn a_worker_that_dies_while_it_waits_has_taken_no_ticket() {
        let world = World::new().await;
        let ada = world.organizer("Ada").await;
        let grace = world.participant("Grace").await;
        let sprint = world.competition(&ada).create().await;
        let mut dies = Consumer::new(&world.ctx, Class::Confirmations);
        assert!(dies.take(10).await.unwrap().is_empty());
        register(&world.ctx, &grace, sprint).await.unwrap();
        relay(&world.ctx).await.unwrap();
        dies.wait().await;
        drop(dies);
        assert_eq!(world.lists().await, Lists { ready: 1, enqueued: 1, ..Lists::default() });
        assert_eq!(take_of(&world.ctx, Class::Confirmations).await.len(), 1);
    }

    #[tokio::test]
    async fn a_relay_that_fails_after_redis_was_emptied_leaves_it_to_the_next_one() {
        let world = World::new().await;
        enqueue(&world, CleanUp {}).await;
        relay(&world.ctx).await.unwrap();
        world.empty_redis().await;
        world.execute("ALTER TABLE jobs RENAME TO hidden").await.unwrap();
        assert!(relay(&world.ctx).await.is_err());
        world.execute("ALTER TABLE hidden RENAME TO jobs").await.unwrap();
        assert_eq!(relay(&world.ctx).await.unwrap(), 1);
        assert_eq!(take(&world.ctx).await.len(), 1);
    }

    #[tokio::test]
    async fn after_redis_was_emptied_every_job_is_pushed_again_at_once() {
        let world = World::new().await;
        for _ in 0..3 {
            enqueue(&world, CleanUp {}).await;
            world.clock.advance(TimeDelta::milliseconds(1));
        }
        relay(&world.ctx).await.unwrap();
        world.empty_redis().await;
        assert!(take(&world.ctx).await.is_empty());
        assert_eq!(relay(&world.ctx).await.unwrap(), 3);
        assert_eq!(take(&world.ctx).await.len(), 3);
    }

    #[tokio::test]
    async fn a_job_that_redis_has_lost_is_pushed_again_after_a_minute() {
        let world = World::new().await;
        enqueue(&world, CleanUp {}).await;
        relay(&world.ctx).await.unwrap();
        world.lose_ready_lists().await;
        world.clock.advance(TimeDelta::seconds(60));
        sweep(&world.ctx).await.unwrap();
        assert_eq!(relay(&world.ctx).await.unwrap(), 0, "it may still be in its list");
        world.clock.advance(TimeDelta::milliseconds(1));
        sweep(&world.ctx).await.unwrap();
        assert_eq!(relay(&world.ctx).await.unwrap(), 1);
        assert_eq!(take(&world.ctx).await.len(), 1);
    }

    #[tokio::test]
    async fn a_failed_job_is_delayed_in_redis_as_well() {
        let world = World::new().await;
        enqueue(&world, CleanUp {}).await;
        relay(&world.ctx).await.unwrap();
        let [failed] = &take(&world.ctx).await[..] else { panic!("one job") };
        fail(&world.ctx, failed, "no luck").await.unwrap();
        assert_eq!(world.lists().await, Lists { delayed: 1, ..Lists::default() });
        // 2 s, give or take a fifth.
        world.clock.advance(TimeDelta::milliseconds(1_599));
        assert!(take(&world.ctx).await.is_empty());
        assert_eq!(relay(&world.ctx).await.unwrap(), 0);
        world.clock.advance(TimeDelta::milliseconds(801));
        assert_eq!(take(&world.ctx).await.len(), 1, "without the relay");
        assert_eq!(world.lists().await, Lists::default());
    }

    #[tokio::test]
    async fn a_job_that_is_pushed_too_early_waits_for_its_time() {
        let world = World::new().await;
        enqueue(&world, CleanUp {}).await;
        relay(&world.ctx).await.unwrap();
        // The clock of the process that pushed it was ahead.
        world.clock.advance(-TimeDelta::minutes(1));
        assert!(take(&world.ctx).await.is_empty());
        assert_eq!(world.queue().await, Queue { waiting: 1, ..Queue::default() });
    }

    #[tokio::test]
    async fn a_released_or_swept_job_is_pushed_again_at_once() {
        let world = World::new().await;
        enqueue(&world, CleanUp {}).await;
        relay(&world.ctx).await.unwrap();
        let claims = take(&world.ctx).await;
        release(&world.ctx, &claims).await.unwrap();
        assert_eq!(relay(&world.ctx).await.unwrap(), 1, "released");
        assert_eq!(take(&world.ctx).await.len(), 1);
        world.clock.advance(TimeDelta::from_std(LEASE).unwrap() + TimeDelta::milliseconds(1));
        sweep(&world.ctx).await.unwrap();
        assert_eq!(relay(&world.ctx).await.unwrap(), 1, "its lease expired");
        assert_eq!(take(&world.ctx).await.len(), 1);
    }

    #[tokio::test]
    async fn a_job_of_a_newer_version_stays_out_of_the_lists_until_a_worker_knows_it() {
        let world = World::new().await;
        enqueue(&world, CleanUp {}).await;
        relay(&world.ctx).await.unwrap();
        world.retire_all_jobs().await;
        assert!(take(&world.ctx).await.is_empty(), "its ticket was in a list");
        assert_eq!(world.lists().await, Lists::default());
        // Redis has lost its lists, and every job is pushed again.
        world.execute("UPDATE jobs SET enqueued_at = NULL").await.unwrap();
        for _ in 0..3 {
            world.clock.advance(TimeDelta::minutes(2));
            sweep(&world.ctx).await.unwrap();
            assert_eq!(relay(&world.ctx).await.unwrap(), 0);
            assert_eq!(world.lists().await, Lists::default());
        }
        assert_eq!(world.queue().await, Queue { waiting: 1, ..Queue::default() });
        assert_eq!(world.claims_made().await, 0);

        // A worker of the newer version comes.
        world.execute("UPDATE jobs SET kind = 'clean_up', enqueued_at = NULL").await.unwrap();
        assert_eq!(relay(&world.ctx).await.unwrap(), 1);
        assert_eq!(kinds(&take(&world.ctx).await), ["clean_up"]);
    }
}
