//! Immediate restarts of PostgreSQL under load, which its data survives like crashes.
//!
//! Guards: no response is sent before the COMMIT; `synchronous_commit`.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Ledger, Server, Site, Worker, check, scale, seeded_rng, wait_until};

#[tokio::test(flavor = "multi_thread")]
async fn confirmed_responses_survive_crashes_of_the_database() {
    let mut rng = seeded_rng();
    let mut site = Site::open().await;
    let variables = site.variables();
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let _worker = Worker::start(&variables).await;
    let load =
        site.new_participants(150).await.keep_registering(&Server::urls(&servers), 100, &mut rng);
    for _ in 0..scale(3, 20) {
        let before = load.responses();
        let is_busy = async || load.responses() > before + 30;
        wait_until("participants register", Duration::from_secs(30), is_busy).await;
        sleep(Duration::from_millis(rng.u64(..200))).await;
        // It asserts that PostgreSQL had to recover.
        site.postgres.restart_immediately().await;
    }
    let ledgers = load.stop().await;
    // Most requests that a crash hits are retried on another connection, so clients see no failure.
    let logged =
        |text| servers.iter().map(|server| server.process.log_lines_with(text)).sum::<usize>();
    let retried = logged("retrying a transaction on another connection")
        + logged("a connection to the database failed");
    let failures = Ledger::total_failures(&ledgers);
    let hit = retried + failures.unavailable + failures.server_error;
    assert!(hit > 0, "no crash hit a request: {failures:?}");
    check(&site, &ledgers).await;
}
