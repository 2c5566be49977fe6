//! A schedule that ticks every second, over eight workers that are killed and replaced.
//!
//! Guards: the primary key of ticks, by which one worker fires each; one transaction for a tick and
//! its job; catching up on missed ticks.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::time::{Instant, sleep};

use crate::support::{Site, Worker, check, scale, seeded_rng};

const WORKERS: usize = 8;
const FIRED: &str = "tick fired";

#[tokio::test(flavor = "multi_thread")]
async fn each_tick_fires_once_while_workers_are_killed() {
    let mut rng = seeded_rng();
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
        sleep(Duration::from_millis(rng.u64(200..1_500))).await;
        let victim = &mut workers[rng.usize(..WORKERS)];
        victim.process.kill();
        firing += usize::from(victim.process.log_lines_with(FIRED) > 0);
        *victim = Worker::start(&variables).await;
    }
    for worker in &mut workers {
        worker.process.kill();
        firing += usize::from(worker.process.log_lines_with(FIRED) > 0);
    }
    assert!(firing > 1, "one worker fired all ticks");

    let ticks = site.world.ticks("clean_up").await;
    for pair in ticks.windows(2) {
        let pause = pair[1].utc() - pair[0].utc();
        assert_eq!(pause, TimeDelta::seconds(1), "between {} and {}", pair[0], pair[1]);
    }
    // The first and the last second are incomplete.
    assert!(ticks.len() as u64 >= time.as_secs() - 2, "{} ticks in {time:?}", ticks.len());
    assert_eq!(site.world.jobs_of_kind("clean_up").await, ticks.len(), "one job for each tick");
    check(&site, &[]).await;
}
