//! Redis stopped, started, emptied and frozen, under load.
//!
//! Guards: that the database decides, by the row's lock, SERIALIZABLE, the compare-and-set and the CHECK; time limits on
//! whatever waits for Redis. The lock in Redis is none: it saves retries.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Ledger, Proxy, Server, Site, Worker, chance, check, scale, until};

const PATIENCE: Duration = Duration::from_secs(20);
/// How long a message takes between a server and its database.
const LAG: Duration = Duration::from_millis(5);
/// Longer than a lock lives without its holder.
const PAST_A_LOCK: Duration = Duration::from_millis(5_500);

/// Returns once a lock is held in Redis.
async fn see_a_lock(site: &Site) {
    let is_held = async || !site.redis.keys("mini-compete:lock:*").await.is_empty();
    until("a competition is locked in Redis", PATIENCE, is_held).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_taken_while_redis_is_down_and_after_it_is_back() {
    let mut chance = chance();
    let mut site = Site::open().await;
    let variables = site.variables();
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let _worker = Worker::start(&variables).await;
    let load = site.crowd_of(150).await.keep_asking(&Server::urls(&servers), 100, &mut chance);
    for _ in 0..scale(2, 10) {
        see_a_lock(&site).await;
        site.redis.stop();
        let told = load.told();
        until("seats are taken without Redis", PATIENCE, async || load.told() > told + 60).await;
        sleep(Duration::from_millis(chance.u64(..1_000))).await;
        site.redis.start_again().await;
    }
    see_a_lock(&site).await;
    let ledgers = load.stop().await;
    assert_eq!(Ledger::trouble_of(&ledgers).busy, 0, "somebody was told about Redis");
    assert_eq!(check(&site, &ledgers).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn redis_may_be_emptied_every_second() {
    let mut chance = chance();
    let site = Site::open().await;
    let network = Proxy::to(site.postgres.port()).await;
    let database = site.postgres.url_through(network.port());
    let variables = site.variables().with("DATABASE_URL", database);
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let _worker = Worker::start(&site.variables()).await;
    // Whoever decides takes so long that it holds the lock when that is gone.
    network.slow_down(LAG);
    let load = site.crowd_of(150).await.keep_asking(&Server::urls(&servers), 100, &mut chance);
    for _ in 0..scale(4, 60) {
        see_a_lock(&site).await;
        assert!(site.redis.flush().await > 0, "there was nothing to lose");
        sleep(Duration::from_secs(1)).await;
    }
    let ledgers = load.stop().await;
    assert_eq!(Ledger::trouble_of(&ledgers).busy, 0, "somebody was told about Redis");
    assert_eq!(check(&site, &ledgers).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_expires_under_its_holder_sells_no_seat_twice() {
    let mut chance = chance();
    let site = Site::open().await;
    let variables = site.variables();
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let (urls, crowd) = (Server::urls(&servers), site.crowd_of(40).await);
    let mut ledgers = Vec::new();
    // One seat: of those who ask while the row is held each server decides about one, and refuses the others.
    for _ in 0..scale(1, 5) {
        let competition = site.competition(1).await;
        // Whoever holds the lock in Redis waits for the row, with the lock.
        let row = site.world.hold(competition).await;
        let lock = format!("mini-compete:lock:competition:{competition}");
        let freezing = async {
            until("the competition is locked", PATIENCE, async || {
                site.redis.get(&lock).await.is_some()
            })
            .await;
            let before = site.redis.get(&lock).await;
            site.redis.freeze();
            sleep(PAST_A_LOCK).await;
            site.redis.thaw();
            let after = site.redis.get(&lock).await;
            assert!(before.is_some() && after != before, "the lock outlived its life: {after:?}");
            row.release().await;
        };
        let asking = crowd.ask(&urls, (competition, 1), &mut chance);
        let (ledger, ()) = tokio::join!(asking, freezing);
        assert_eq!(ledger.seated(), 1);
        ledgers.push(ledger);
    }
    assert_eq!(check(&site, &ledgers).await, 0);
}
