//! PostgreSQL restarted immediately, under load: to its data it is a crash.
//!
//! Guards: that nobody is answered before the COMMIT, and `synchronous_commit`.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Ledger, Server, Site, Worker, chance, check, scale, until};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_promised_survives_crashes_of_the_database() {
    let mut chance = chance();
    let mut site = Site::open().await;
    let variables = site.variables();
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let _worker = Worker::start(&variables).await;
    let load = site.crowd_of(150).await.keep_asking(&Server::urls(&servers), 100, &mut chance);
    for _ in 0..scale(3, 20) {
        let told = load.told();
        let is_busy = async || load.told() > told + 30;
        until("seats are being taken", Duration::from_secs(30), is_busy).await;
        sleep(Duration::from_millis(chance.u64(..200))).await;
        // Asserts that it had to recover.
        site.postgres.restart_immediately().await;
    }
    let ledgers = load.stop().await;
    // Most requests that a crash hits are tried again on another connection, and nobody is told of
    // it.
    let met = |text| servers.iter().map(|server| server.process.said(text)).sum::<usize>();
    let retried = met("trying another connection") + met("a connection to the database failed");
    let trouble = Ledger::trouble_of(&ledgers);
    let hit = retried + trouble.busy + trouble.failed;
    assert!(hit > 0, "no crash hit a request: {trouble:?}");
    check(&site, &ledgers).await;
}
