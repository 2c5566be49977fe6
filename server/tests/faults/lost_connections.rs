//! Connections to the database that are lost without being closed while new ones work, as when a
//! firewall drops its state.
//!
//! Guards: the client-side timeout of every statement; the test of idle connections before use; the
//! lanes that do not wait for a stuck batch; closing all connections as old as a dead one; waiting
//! longer for the response to a COMMIT than for that to any other statement.

use std::time::Duration;

use tokio::time::{Instant, sleep};

use crate::support::{Ledger, Proxy, Server, Site, check, scale, seeded_rng, status, wait_until};

const TIMEOUT: Duration = Duration::from_secs(30);
/// The longest response on a dead connection. Later requests do not wait.
const SHORT: Duration = Duration::from_secs(10);
/// The longest response to a request whose COMMIT was sent on a dead connection. A slow disk looks
/// the same, so it counts as lost after 12 s only (`RESPONSE_TIMEOUT` of pooled connections).
const AFTER_COMMIT: Duration = Duration::from_secs(15);

/// An installation whose server reaches the database through a proxy.
struct BehindProxy {
    site: Site,
    network: Proxy,
    server: Server,
    /// The token of the organizer.
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
async fn lost_connections_delay_requests_only_briefly() {
    let mut rng = seeded_rng();
    let BehindProxy { site, network, server, token } = BehindProxy::open().await;
    let me = format!("{}/api/auth/me", server.url());
    let ready = format!("{}/health/ready", server.url());
    let load = site.new_participants(60).await.keep_registering(&[server.url()], 40, &mut rng);
    for _ in 0..scale(2, 8) {
        let before = load.responses();
        wait_until("participants register", TIMEOUT, async || load.responses() > before + 30).await;
        let blocked_before = network.blocked();
        network.cut_existing();
        let began = Instant::now();
        wait_until("a logged-in request is answered", SHORT, async || {
            status(&me, &token).await == 200
        })
        .await;
        let before = load.responses();
        // All who register may be in the transaction whose COMMIT was cut.
        wait_until("participants register again", AFTER_COMMIT, async || {
            load.responses() > before + 20
        })
        .await;
        assert!(network.blocked() > blocked_before, "the cut blocked nothing");
        eprintln!("everything recovered after {:?}", began.elapsed());
        assert_eq!(status(&ready, "").await, 200);
    }
    let ledgers = load.stop().await;
    assert_eq!(check(&site, &ledgers).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_without_a_response_delays_only_its_own_requests() {
    let mut rng = seeded_rng();
    let BehindProxy { site, network, server, .. } = BehindProxy::open().await;
    let participants = site.new_participants(40).await;
    let [one, other] = [site.competition(40).await, site.competition(40).await];
    let (urls, blocked_before) = ([server.url()], network.blocked());
    let rngs = &mut [rng.fork(), rng.fork()];
    let [of_first, of_second] = rngs;
    network.cut_existing_after(Proxy::COMMIT);
    let began = Instant::now();
    let in_flight = async {
        let ledger = participants.register(&urls, (one, 40), of_first).await;
        let waited = began.elapsed();
        eprintln!("the requests of the commit were answered after {waited:?}");
        assert!(waited > SHORT, "no registration waited for the commit: {waited:?}");
        assert!(waited < AFTER_COMMIT, "{waited:?}");
        ledger
    };
    let later = async {
        wait_until("the commit is cut", TIMEOUT, async || network.blocked() > blocked_before).await;
        let ledger = participants.register(&urls, (other, 40), of_second).await;
        let waited = began.elapsed();
        eprintln!("the later requests were answered after {waited:?}");
        assert!(waited < SHORT, "the later requests waited for the commit: {waited:?}");
        ledger
    };
    let (first, second) = tokio::join!(in_flight, later);
    assert_eq!(check(&site, &[first, second]).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_idle_connection_is_replaced_within_the_request() {
    let BehindProxy { site, network, server, token } = BehindProxy::open().await;
    let me = format!("{}/api/auth/me", server.url());
    assert_eq!(status(&me, &token).await, 200);
    let tested = || server.process.log_lines_with("an idle connection does not answer");
    // The clock of the database is read over the same connection every 5 s, after which the
    // connection is used without a test for a while.
    for _ in 0..6 {
        // Longer than a connection is used without a test.
        sleep(Duration::from_millis(1_500)).await;
        let blocked_before = network.blocked();
        network.cut_existing();
        let began = Instant::now();
        assert_eq!(status(&me, &token).await, 200, "the request failed on the dead connection");
        assert!(network.blocked() > blocked_before, "the cut blocked nothing");
        eprintln!("answered after {:?}", began.elapsed());
        if tested() > 0 {
            break;
        }
    }
    assert!(tested() > 0, "no idle connection was tested before its use");
    assert_eq!(check(&site, &[Ledger::new(site.competition(1).await, 1)]).await, 0);
}
