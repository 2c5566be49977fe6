//! Network partitions: nothing is forwarded, and no connection is closed.
//!
//! Guards: the idempotency record, by which another server replays the response of a partitioned
//! one; timeouts of everything that waits for Redis.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Ledger, Proxy, Server, Site, Worker, check, scale, seeded_rng, wait_until};

const TIMEOUT: Duration = Duration::from_secs(30);
/// The latency between a server and its database, which keeps it waiting for responses to COMMIT.
const LAG: Duration = Duration::from_millis(50);
/// Longer than a key stays in flight without a heartbeat of its server.
const PAST_THE_CLAIM: Duration = Duration::from_millis(5_500);

#[tokio::test(flavor = "multi_thread")]
async fn a_server_partitioned_from_the_database_duplicates_no_registration() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let network = Proxy::to(site.postgres.port()).await;
    let cut_off = site.postgres.url_through(network.port());
    let variables = site.variables();
    let servers = [
        Server::start(&variables.clone().with("DATABASE_URL", cut_off)).await,
        Server::start(&variables).await,
    ];
    let load =
        site.new_participants(150).await.keep_registering(&Server::urls(&servers), 100, &mut rng);
    for _ in 0..scale(2, 8) {
        let before = load.responses();
        wait_until("participants register", TIMEOUT, async || load.responses() > before + 30).await;
        let blocked_before = network.blocked();
        network.cut();
        // Longer than a client waits; in the long form also longer than the idle timeout of
        // PostgreSQL sessions.
        sleep(Duration::from_millis(rng.u64(3_200..scale(4_500, 25_000)))).await;
        assert!(network.blocked() > blocked_before, "the cut blocked nothing");
        network.heal();
    }
    let ledgers = load.stop().await;
    let failures = Ledger::total_failures(&ledgers);
    assert!(failures.no_response + failures.unavailable > 0, "the cut hit no request");
    assert_eq!(check(&site, &ledgers).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_replays_what_a_partitioned_server_committed() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let network = Proxy::to(site.postgres.port()).await;
    let variables = site.variables();
    let through = site.postgres.url_through(network.port());
    let cut_off = Server::start(&variables.clone().with("DATABASE_URL", through)).await;
    let other = Server::start(&variables).await;
    network.set_latency(LAG);
    let (participants, competition) =
        (site.new_participants(20).await, (site.competition(20).await, 20));
    let impatient = participants.clone().without_retries(20);
    let (mut early, mut late) = (rng.fork(), rng.fork());
    let cutting = async {
        wait_until("a seat is taken", TIMEOUT, async || site.world.registrations().await > 0).await;
        network.cut();
        sleep(PAST_THE_CLAIM).await;
        let ledger = participants.register(&[other.url()], competition, &mut late).await;
        network.heal();
        ledger
    };
    let first_server = [cut_off.url()];
    let registering = impatient.register(&first_server, competition, &mut early);
    let (late_ledger, ledger) = tokio::join!(registering, cutting);
    assert!(ledger.replayed > 0, "nothing was committed before the cut");
    assert!(late_ledger.outcomes.iter().all(|(user, outcome)| ledger.outcomes[user] == *outcome));
    assert_eq!(check(&site, &[ledger]).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn registration_works_while_redis_is_partitioned() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let network = Proxy::to(site.redis.port()).await;
    let variables = site.variables().with("REDIS_URL", site.redis.url_through(network.port()));
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let _worker = Worker::start(&variables).await;
    let load =
        site.new_participants(150).await.keep_registering(&Server::urls(&servers), 100, &mut rng);
    for _ in 0..scale(2, 8) {
        sleep(Duration::from_millis(rng.u64(500..1_500))).await;
        let (blocked_before, before) = (network.blocked(), load.responses());
        network.cut();
        wait_until("participants register without Redis", TIMEOUT, async || {
            load.responses() > before + 60
        })
        .await;
        sleep(Duration::from_millis(rng.u64(500..scale(3_000, 12_000)))).await;
        assert!(network.blocked() > blocked_before, "the cut blocked nothing");
        network.heal();
    }
    let ledgers = load.stop().await;
    assert_eq!(
        Ledger::total_failures(&ledgers).unavailable,
        0,
        "a request failed because of Redis"
    );
    assert_eq!(check(&site, &ledgers).await, 0);
}
