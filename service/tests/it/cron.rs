use chrono::TimeDelta;
use service::{
    cron::{fire, last_tick},
    housekeeping::CleanUp,
    testing::World,
};

use crate::support::{at_once, count, time};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tick_fires_once_when_thirty_workers_try() {
    let world = World::new().await;
    let other = world.second_process().await;
    let now = world.ctx.now();
    let fired = at_once((0..30).map(|number| {
        let ctx = [&world.ctx, &other][number % 2].clone();
        async move { fire(&ctx, "clean_up", now, CleanUp {}).await.unwrap() }
    }))
    .await;
    assert_eq!(count(&fired, &true), 1);
    assert_eq!(world.queue().await.waiting, 1);
}

#[tokio::test]
async fn each_tick_of_each_schedule_fires() {
    let world = World::new().await;
    let (noon, one) = (time("2026-11-23T12:00:00Z"), time("2026-11-23T13:00:00Z"));
    for (name, tick) in [("clean_up", noon), ("clean_up", one), ("send_reminders", noon)] {
        assert!(fire(&world.ctx, name, tick, CleanUp {}).await.unwrap());
        assert!(!fire(&world.ctx, name, tick, CleanUp {}).await.unwrap());
    }
    assert_eq!(world.queue().await.waiting, 3);
}

#[tokio::test]
async fn a_schedule_knows_its_last_tick() {
    let world = World::new().await;
    assert_eq!(last_tick(&world.ctx, "clean_up").await.unwrap(), None);
    let now = world.ctx.now();
    let earlier = (now.utc() - TimeDelta::hours(1)).into();
    for tick in [now, earlier] {
        fire(&world.ctx, "clean_up", tick, CleanUp {}).await.unwrap();
    }
    assert_eq!(last_tick(&world.ctx, "clean_up").await.unwrap(), Some(now));
    assert_eq!(last_tick(&world.ctx, "send_reminders").await.unwrap(), None);
}
