//! Networks that fail: nothing comes through, and nobody is told.
//!
//! Guards: the key's row, by which a client that gave up on one server is answered by another; time limits on whatever
//! waits for Redis.

use std::time::Duration;

use tokio::time::sleep;

use crate::support::{Ledger, Proxy, Server, Site, Worker, chance, check, scale, until};

const PATIENCE: Duration = Duration::from_secs(30);
/// A server learns so much later than the database that its transaction is committed.
const LAG: Duration = Duration::from_millis(50);
/// Longer than other servers see a key as in flight whose server is not heard of.
const PAST_A_CLAIM: Duration = Duration::from_millis(5_500);

#[tokio::test(flavor = "multi_thread")]
async fn a_server_cut_off_from_the_database_doubles_nothing() {
    let mut chance = chance();
    let site = Site::open().await;
    let network = Proxy::to(site.postgres.port()).await;
    let cut_off = site.postgres.url_through(network.port());
    let variables = site.variables();
    let servers = [
        Server::start(&variables.clone().with("DATABASE_URL", cut_off)).await,
        Server::start(&variables).await,
    ];
    let load = site.crowd_of(150).await.keep_asking(&Server::urls(&servers), 100, &mut chance);
    for _ in 0..scale(2, 8) {
        let told = load.told();
        until("seats are being taken", PATIENCE, async || load.told() > told + 30).await;
        let held = network.held();
        network.cut();
        // Longer than a client waits; in the long form also longer than PostgreSQL lets a session idle.
        sleep(Duration::from_millis(chance.u64(3_200..scale(4_500, 25_000)))).await;
        assert!(network.held() > held, "nothing met the cut");
        network.heal();
    }
    let ledgers = load.stop().await;
    let trouble = Ledger::trouble_of(&ledgers);
    assert!(trouble.broken + trouble.busy > 0, "no cut hit a request");
    assert_eq!(check(&site, &ledgers).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_server_did_before_it_was_cut_off_another_one_tells() {
    let mut chance = chance();
    let site = Site::open().await;
    let network = Proxy::to(site.postgres.port()).await;
    let variables = site.variables();
    let through = site.postgres.url_through(network.port());
    let cut_off = Server::start(&variables.clone().with("DATABASE_URL", through)).await;
    let other = Server::start(&variables).await;
    network.slow_down(LAG);
    let (crowd, competition) = (site.crowd_of(20).await, (site.competition(20).await, 20));
    let crowd_at_first = crowd.clone().once_over(20);
    let (mut early, mut late) = (chance.fork(), chance.fork());
    let cutting = async {
        until("a seat is taken", PATIENCE, async || site.world.registrations().await > 0).await;
        network.cut();
        sleep(PAST_A_CLAIM).await;
        let told = crowd.ask(&[other.url()], competition, &mut late).await;
        network.heal();
        told
    };
    let at_first = [cut_off.url()];
    let asking = crowd_at_first.ask(&at_first, competition, &mut early);
    let (told_late, told) = tokio::join!(asking, cutting);
    assert!(told.replayed > 0, "nothing was committed before the cut");
    assert!(told_late.answers.iter().all(|(user, answer)| told.answers[user] == *answer));
    assert_eq!(check(&site, &[told]).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn seats_are_taken_while_nothing_comes_from_redis() {
    let mut chance = chance();
    let site = Site::open().await;
    let network = Proxy::to(site.redis.port()).await;
    let variables = site.variables().with("REDIS_URL", site.redis.url_through(network.port()));
    let servers = [Server::start(&variables).await, Server::start(&variables).await];
    let _worker = Worker::start(&variables).await;
    let load = site.crowd_of(150).await.keep_asking(&Server::urls(&servers), 100, &mut chance);
    for _ in 0..scale(2, 8) {
        sleep(Duration::from_millis(chance.u64(500..1_500))).await;
        let (held, told) = (network.held(), load.told());
        network.cut();
        until("seats are taken without Redis", PATIENCE, async || load.told() > told + 60).await;
        sleep(Duration::from_millis(chance.u64(500..scale(3_000, 12_000)))).await;
        assert!(network.held() > held, "nothing met the cut");
        network.heal();
    }
    let ledgers = load.stop().await;
    assert_eq!(Ledger::trouble_of(&ledgers).busy, 0, "somebody was told about Redis");
    assert_eq!(check(&site, &ledgers).await, 0);
}
