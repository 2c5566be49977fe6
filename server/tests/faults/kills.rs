//! SIGKILL of servers under load.
//!
//! Guards: one transaction for the seat, the registration, its job and the answer to the key; the key's row, without
//! which a retry would be told that it is registered already.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Ledger, Proxy, Server, Site, chance, check, scale, until};

const PATIENCE: Duration = Duration::from_secs(30);
/// A server learns so much later than the database that its transaction is committed.
const LAG: Duration = Duration::from_millis(50);

#[tokio::test(flavor = "multi_thread")]
async fn servers_killed_under_load_lose_nothing_and_double_nothing() {
    let mut chance = chance();
    let site = Site::open().await;
    let network = Proxy::to(site.postgres.port()).await;
    let database = site.postgres.url_through(network.port());
    let variables = site.variables().with("DATABASE_URL", database);
    let [mut one, mut two] = [Server::start(&variables).await, Server::start(&variables).await];
    let servers = [one.url(), two.url()];
    let load = site.crowd_of(150).await.keep_asking(&servers, 100, &mut chance);
    // Three kills a time.
    for _ in 0..scale(3, 17) {
        network.slow_down(LAG);
        sleep(Duration::from_millis(chance.u64(50..1_000))).await;
        // At any moment.
        let victim = if chance.bool() { &mut one } else { &mut two };
        victim.process.kill();
        network.slow_down(Duration::ZERO);
        victim.start_again(&variables).await;
        network.slow_down(LAG);

        // As soon as seats are taken, and before anybody is told.
        let taken = site.world.registrations().await;
        until("seats are taken", PATIENCE, async || site.world.registrations().await > taken).await;
        one.process.kill();
        two.process.kill();
        network.slow_down(Duration::ZERO);
        tokio::join!(one.start_again(&variables), two.start_again(&variables));
    }
    let ledgers = load.stop().await;
    assert!(Ledger::trouble_of(&ledgers).broken > 0, "no kill hit a request");
    let replayed: usize = ledgers.iter().map(|ledger| ledger.replayed).sum();
    assert!(replayed > 0, "no kill came between a commit and its answer");
    assert_eq!(check(&site, &ledgers).await, 0, "no worker was killed");
}
