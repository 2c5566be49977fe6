//! SIGKILL of servers under load.
//!
//! Guards: one transaction for the seat, the registration, its job and the stored response; the
//! idempotency record, without which a retry would get `already_registered`.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Ledger, Proxy, Server, Site, check, scale, seeded_rng, wait_until};

const TIMEOUT: Duration = Duration::from_secs(30);
/// The latency between a server and its database, which keeps it waiting for responses to COMMIT.
const LAG: Duration = Duration::from_millis(50);

#[tokio::test(flavor = "multi_thread")]
async fn servers_killed_under_load_lose_and_duplicate_no_registration() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let network = Proxy::to(site.postgres.port()).await;
    let database = site.postgres.url_through(network.port());
    let variables = site.variables().with("DATABASE_URL", database);
    let [mut one, mut two] = [Server::start(&variables).await, Server::start(&variables).await];
    let servers = [one.url(), two.url()];
    let load = site.new_participants(150).await.keep_registering(&servers, 100, &mut rng);
    // Three kills in each round.
    for _ in 0..scale(3, 17) {
        network.set_latency(LAG);
        sleep(Duration::from_millis(rng.u64(50..1_000))).await;
        // One at a random moment.
        let victim = if rng.bool() { &mut one } else { &mut two };
        victim.process.kill();
        network.set_latency(Duration::ZERO);
        victim.restart(&variables).await;
        network.set_latency(LAG);

        // Both as soon as a registration is committed, and before its response is sent.
        let taken = site.world.registrations().await;
        wait_until("seats are taken", TIMEOUT, async || site.world.registrations().await > taken)
            .await;
        one.process.kill();
        two.process.kill();
        network.set_latency(Duration::ZERO);
        tokio::join!(one.restart(&variables), two.restart(&variables));
    }
    let ledgers = load.stop().await;
    assert!(Ledger::total_failures(&ledgers).no_response > 0, "no kill hit a request");
    let replayed: usize = ledgers.iter().map(|ledger| ledger.replayed).sum();
    assert!(replayed > 0, "no kill hit between a commit and its response");
    assert_eq!(check(&site, &ledgers).await, 0, "a job is dead although no worker was killed");
}
