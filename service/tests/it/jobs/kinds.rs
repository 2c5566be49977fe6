//! Classes of jobs, and jobs of a newer version.

use chrono::TimeDelta;
use service::{
    Context,
    jobs::{Claim, Class, Consumer, Operator, claim, complete, execute, stats, sweep},
    testing::{Queue, World},
};

use super::world_with_a_job;
use crate::support::{claim_one, register, run_job};

#[tokio::test]
async fn a_job_of_a_newer_version_waits_for_a_worker_that_knows_it() {
    let world = world_with_a_job().await;
    world.retire_all_jobs().await;
    for _ in 0..3 {
        assert!(claim(&world.ctx, 10).await.unwrap().is_empty());
        world.clock.advance(TimeDelta::days(1));
        sweep(&world.ctx).await.unwrap();
    }
    assert_eq!(world.queue().await, Queue { waiting: 1, ..Queue::default() });
    assert_eq!(world.claims_made().await, 0, "a worker has claimed it");
    let stats = stats(&world.ctx, Operator::Console).await.unwrap();
    let waiting = stats.into_iter().find(|stats| stats.kind == "retired").unwrap();
    assert_eq!((waiting.ready, waiting.oldest_age_seconds), (1, Some(3 * 24 * 3_600)));

    world.execute("UPDATE jobs SET kind = 'clean_up'").await.unwrap();
    complete(&world.ctx, &claim_one(&world.ctx).await).await.unwrap();
}

#[tokio::test]
async fn a_payload_of_a_newer_version_is_postponed_until_a_worker_can_read_it() {
    let world = world_with_a_job().await;
    world.execute("UPDATE jobs SET kind = 'tell_of_cancellation', priority = 10").await.unwrap();
    for round in 1..=20 {
        assert!(claim(&world.ctx, 10).await.unwrap().is_empty());
        assert!(claim(&world.ctx, 10).await.unwrap().is_empty(), "not again at once");
        assert_eq!(world.claims_made().await, round);
        world.clock.advance(TimeDelta::minutes(6));
    }
    assert_eq!(world.queue().await, Queue { waiting: 1, ..Queue::default() });
    world.execute("UPDATE jobs SET kind = 'clean_up', priority = 20").await.unwrap();
    complete(&world.ctx, &claim_one(&world.ctx).await).await.unwrap();
}

#[tokio::test]
async fn jobs_of_one_class_do_not_wait_for_another_class() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let sprint = world.competition(&ada).create().await;
    let ctx = world.process_with_mail("smtp://127.0.0.1:1").await;
    let participants = world.participants(4).await;
    for participant in &participants[..3] {
        register(&ctx, participant, sprint).await.unwrap();
    }
    let confirmations = claim(&ctx, 10).await.unwrap();
    execute(&ctx, &confirmations).await.unwrap();
    crate::support::cancel_competition(&ctx, &ada, sprint).await.unwrap();
    let [notice] = &take(&ctx, Class::Background).await[..] else { panic!("one job") };
    run_job(&ctx, notice).await.unwrap();
    let address = domain::Email::parse("ada@example.com").unwrap();
    service::password_reset::request(&ctx, address).await.unwrap();
    let marathon = world.competition(&ada).create().await;
    register(&ctx, &participants[3], marathon).await.unwrap();

    // Jobs of all classes wait, and each worker takes those of its class.
    for (class, expected) in [
        (Class::BulkMail, vec!["deliver_mail"; 3]),
        (
            Class::AccountMail,
            vec!["send_reset_link", "deliver_mail", "deliver_mail", "deliver_mail"],
        ),
        (Class::Confirmations, vec!["confirm_registrations"]),
        (Class::Background, vec![]),
    ] {
        let taken = take(&ctx, class).await;
        let mut kinds: Vec<_> = taken.iter().map(|claim| claim.kind()).collect();
        kinds.sort_unstable_by_key(|kind| *kind != "send_reset_link");
        assert_eq!(kinds, expected, "{class:?}");
    }
}

async fn take(ctx: &Context, class: Class) -> Vec<Claim> {
    let mut consumer = Consumer::new(ctx, class);
    service::jobs::relay(ctx).await.unwrap();
    let claims = consumer.take(10).await.unwrap();
    consumer.retire().await;
    claims
}
