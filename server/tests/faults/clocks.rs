//! Processes whose clocks are an hour ahead or behind, or change while they run.
//!
//! Guards: leases, ticks and deadlines use the clock of the database.

use std::time::Duration;

use chrono::TimeDelta;
use service::{Clock, SystemClock};
use tokio::time::sleep;

use crate::support::{Ledger, MachineClock, Server, Site, Worker, check, scale, seeded_rng};

#[tokio::test(flavor = "multi_thread")]
async fn wrong_clocks_repeat_no_job_and_stop_no_schedule() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    // Jobs take long enough that other workers check their leases.
    site.world.slow_mail(Duration::from_millis(20)).await;
    let variables = site.variables().with("DATABASE_CONNECTIONS", "8");
    let schedule = variables.clone().with("CRON_CLEANUP_SCHEDULE", "* * * * * *");
    let clocks = ["+3600", "-3600", "+0"].map(MachineClock::with_offset);
    let mut workers = Vec::new();
    for clock in &clocks {
        workers.push(Worker::start(&clock.apply_to(&schedule)).await);
    }
    for (worker, hours) in workers.iter().zip([1, -1]) {
        let shown = SystemClock.now().utc() + TimeDelta::hours(hours);
        // The log may hold either hour around a full hour.
        let near = [shown, shown - TimeDelta::minutes(1)]
            .map(|time| time.format("%Y-%m-%dT%H:").to_string());
        assert!(
            near.iter().any(|hour| worker.process.log_lines_with(hour) > 0),
            "the offset has no effect"
        );
    }
    let servers = [
        Server::start(&clocks[0].apply_to(&variables)).await,
        Server::start(&clocks[1].apply_to(&variables)).await,
    ];
    let began = SystemClock.now().utc();
    let load =
        site.new_participants(100).await.keep_registering(&Server::urls(&servers), 40, &mut rng);
    for _ in 0..scale(1, 4) {
        for offset in ["+3600", "-3600", "+0"] {
            clocks[2].set(offset);
            // Longer than the interval between two sweeps.
            sleep(Duration::from_secs(12)).await;
        }
    }
    let ledgers = load.stop().await;
    for worker in &mut workers {
        worker.process.kill();
    }
    let ended = SystemClock.now().utc();
    let ticks = site.world.ticks("clean_up").await;
    for pair in ticks.windows(2) {
        let pause = pair[1].utc() - pair[0].utc();
        assert_eq!(pause, TimeDelta::seconds(1), "between {} and {}", pair[0], pair[1]);
    }
    let (first, last) = (ticks[0].utc(), ticks[ticks.len() - 1].utc());
    assert!(last <= ended, "a tick in the future: {last}");
    assert!((ended - last).num_seconds() <= 3, "the schedule stopped at {last}");
    // The first tick comes up to a second after the start of the workers, which may be after
    // `began`; a wrong clock would be an hour off.
    assert!((first - began).abs() < TimeDelta::minutes(2), "it began at {first}, not {began}");

    let jobs = site.world.confirmation_jobs().await;
    assert!(jobs.iter().all(|job| job.lost_leases == 0 && job.attempts == 0), "{jobs:?}");
    assert!(jobs.iter().all(|job| job.epoch <= 1), "a job was claimed twice");
    assert_eq!(Ledger::total_failures(&ledgers).server_error, 0);
    assert_eq!(check(&site, &ledgers).await, 0);
}
