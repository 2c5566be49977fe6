//! Connections to the database that are lost without a word, while new ones work: a firewall that
//! has forgotten them.
//!
//! Guards: the limit in time of every statement on the client's side, the test of a connection that
//! has idled, the lanes that do not wait for a batch that is stuck, and that connections which are
//! as old as a dead one are not used again.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::support::{Ledger, Proxy, Server, Site, chance, check, scale, status, until};

const PATIENCE: Duration = Duration::from_secs(30);
/// A request that meets a dead connection is answered within this, and those after it at once.
const SHORT: Duration = Duration::from_secs(10);

/// A site whose server reaches the database through a proxy that can cut connections.
struct BehindProxy {
    site: Site,
    network: Proxy,
    server: Server,
    /// Of an organizer.
    token: String,
}

impl BehindProxy {
    async fn open() -> Self {
        let site = Site::open().await;
        let network = Proxy::to(site.postgres.port()).await;
        let through = site.postgres.url_through(network.port());
        let server = Server::start(&site.variables().with("DATABASE_URL", through)).await;
        let token = site.token(&site.organizer);
        Self { site, network, server, token }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_vanish_hold_nobody_up_for_long() {
    let mut chance = chance();
    let BehindProxy { site, network, server, token } = BehindProxy::open().await;
    let me = format!("{}/api/auth/me", server.url());
    let ready = format!("{}/health/ready", server.url());
    let load = site.crowd_of(60).await.keep_asking(&[server.url()], 40, &mut chance);
    for _ in 0..scale(2, 8) {
        let told = load.told();
        until("seats are being taken", PATIENCE, async || load.told() > told + 30).await;
        let held = network.held();
        network.cut_existing();
        let began = Instant::now();
        until("who is signed in is answered", SHORT, async || status(&me, &token).await == 200)
            .await;
        let told = load.told();
        until("seats are taken again", SHORT, async || load.told() > told + 20).await;
        assert!(network.held() > held, "nothing met the cut");
        eprintln!("all went on after {:?}", began.elapsed());
        assert_eq!(status(&ready, "").await, 200);
    }
    let ledgers = load.stop().await;
    assert_eq!(check(&site, &ledgers).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_that_vanish_are_replaced_before_anybody_waits() {
    let BehindProxy { site, network, server, token } = BehindProxy::open().await;
    let me = format!("{}/api/auth/me", server.url());
    assert_eq!(status(&me, &token).await, 200);
    let tested = || server.process.said("an idle connection does not answer");
    // The database's clock is read every 5 s over the same connection, which is trusted then.
    for _ in 0..6 {
        // Longer than a connection is trusted.
        sleep(Duration::from_millis(1_500)).await;
        let held = network.held();
        network.cut_existing();
        let began = Instant::now();
        assert_eq!(status(&me, &token).await, 200, "it was answered on another connection");
        assert!(network.held() > held, "nothing met the cut");
        eprintln!("answered after {:?}", began.elapsed());
        if tested() > 0 {
            break;
        }
    }
    assert!(tested() > 0, "no idle connection was tested before a request had it");
    assert_eq!(check(&site, &[Ledger::new(site.competition(1).await, 1)]).await, 0);
}
