//! A schedule that ticks every second, over eight workers that come and go.
//!
//! Guards: the primary key of ticks, by which one worker fires each; the tick and its job in one transaction; making up
//! for missed ticks.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::{Instant, sleep};

use crate::support::{Site, Worker, chance, check, scale};

const WORKERS: usize = 8;
const FIRED: &str = "tick fired";

#[tokio::test(flavor = "multi_thread")]
async fn no_tick_is_fired_twice_and_none_is_missing_while_workers_come_and_go() {
    let mut chance = chance();
    let site = Site::open().await;
    let variables = site.variables().with("CRON_CLEANUP_SCHEDULE", "* * * * * *");
    let variables = variables.with("DATABASE_CONNECTIONS", "8");
    let mut workers = Vec::new();
    for _ in 0..WORKERS {
        workers.push(Worker::start(&variables).await);
    }
    let (began, time) = (Instant::now(), Duration::from_secs(scale(12, 90)));
    let mut firing = 0;
    while began.elapsed() < time {
        sleep(Duration::from_millis(chance.u64(200..1_500))).await;
        let victim = &mut workers[chance.usize(..WORKERS)];
        victim.process.kill();
        firing += usize::from(victim.process.said(FIRED) > 0);
        *victim = Worker::start(&variables).await;
    }
    for worker in &mut workers {
        worker.process.kill();
        firing += usize::from(worker.process.said(FIRED) > 0);
    }
    assert!(firing > 1, "one worker fired them all");

    let ticks = site.world.ticks("clean_up").await;
    for pair in ticks.windows(2) {
        let pause = pair[1].utc() - pair[0].utc();
        assert_eq!(pause, TimeDelta::seconds(1), "between {} and {}", pair[0], pair[1]);
    }
    // The first and the last second are not whole.
    assert!(ticks.len() as u64 >= time.as_secs() - 2, "{} ticks in {time:?}", ticks.len());
    assert_eq!(site.world.jobs_of_kind("clean_up").await, ticks.len(), "one job for each tick");
    check(&site, &[]).await;
}
