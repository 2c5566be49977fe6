//! Redis stopped, restarted, flushed and frozen under load.
//!
//! Guards: the row lock, SERIALIZABLE, the compare-and-set and the CHECK in the database; timeouts
//! of everything that waits for Redis. The lock in Redis is no guard: it only saves retries.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Ledger, Proxy, Server, Site, Worker, check, scale, seeded_rng, wait_until};

const TIMEOUT: Duration = Duration::from_secs(20);
/// The latency between a server and its database.
const LAG: Duration = Duration::from_millis(5);
/// Longer than the expiry of a lock in Redis.
const PAST_THE_LOCK: Duration = Duration::from_millis(5_500);

/// Waits until a lock is held in Redis.
async fn wait_for_lock(site: &Site) {
    let is_held = async || !site.redis.keys("mini-compete:lock:*").await.is_empty();
    wait_until("a competition is locked in Redis", TIMEOUT, is_held).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn registration_works_while_redis_is_down_and_after_its_restart() {
    let mut rng = seeded_rng();
    let mut site = Site::open().await;
    let variables = site.variables();
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let _worker = Worker::start(&variables).await;
    let load =
        site.new_participants(150).await.keep_registering(&Server::urls(&servers), 100, &mut rng);
    for _ in 0..scale(2, 10) {
        wait_for_lock(&site).await;
        site.redis.stop();
        let before = load.responses();
        wait_until("participants register without Redis", TIMEOUT, async || {
            load.responses() > before + 60
        })
        .await;
        sleep(Duration::from_millis(rng.u64(..1_000))).await;
        site.redis.restart().await;
    }
    wait_for_lock(&site).await;
    let ledgers = load.stop().await;
    assert_eq!(
        Ledger::total_failures(&ledgers).unavailable,
        0,
        "a request failed because of Redis"
    );
    assert_eq!(check(&site, &ledgers).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn registration_works_while_redis_is_flushed_every_second() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let network = Proxy::to(site.postgres.port()).await;
    let database = site.postgres.url_through(network.port());
    let variables = site.variables().with("DATABASE_URL", database);
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let _worker = Worker::start(&site.variables()).await;
    // A slow database keeps the lock held while Redis is flushed.
    network.set_latency(LAG);
    let load =
        site.new_participants(150).await.keep_registering(&Server::urls(&servers), 100, &mut rng);
    for _ in 0..scale(4, 60) {
        wait_for_lock(&site).await;
        assert!(site.redis.flush().await > 0, "Redis was empty");
        sleep(Duration::from_secs(1)).await;
    }
    let ledgers = load.stop().await;
    assert_eq!(
        Ledger::total_failures(&ledgers).unavailable,
        0,
        "a request failed because of Redis"
    );
    assert_eq!(check(&site, &ledgers).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_redis_lock_that_expires_early_does_not_oversell() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let variables = site.variables();
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let (urls, participants) = (Server::urls(&servers), site.new_participants(40).await);
    let mut ledgers = Vec::new();
    // With one seat, each server decides about one of the requests that wait for the row, and
    // rejects the others.
    for _ in 0..scale(1, 5) {
        let competition = site.competition(1).await;
        // The holder of the lock in Redis waits for the row.
        let row = site.world.hold(competition).await;
        let lock = format!("mini-compete:lock:competition:{competition}");
        let freezing = async {
            wait_until("the competition is locked", TIMEOUT, async || {
                site.redis.get(&lock).await.is_some()
            })
            .await;
            let before = site.redis.get(&lock).await;
            site.redis.freeze();
            sleep(PAST_THE_LOCK).await;
            site.redis.thaw();
            let after = site.redis.get(&lock).await;
            assert!(before.is_some() && after != before, "the lock did not expire: {after:?}");
            row.release().await;
        };
        let registering = participants.register(&urls, (competition, 1), &mut rng);
        let (ledger, ()) = tokio::join!(registering, freezing);
        assert_eq!(ledger.registered(), 1);
        ledgers.push(ledger);
    }
    assert_eq!(check(&site, &ledgers).await, 0);
}
