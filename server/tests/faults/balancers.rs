//! nginx, HAProxy and Caddy with the configurations of `docs/deploy/`, in front of two servers.
//!
//! Guards: `Connection: close` and 503 at `/health/ready` while a server drains, before it refuses
//! connections; events that no proxy buffers; in the configurations, the retry of a file that the
//! other release has, and connections that are kept.

use std::{fs, time::Duration};

use reqwest::{Client, Response};
use tokio::time::{sleep, timeout};

use crate::support::{Balancer, Failures, Ledger, Product, Proxy, Server, Site, check, seeded_rng};

const TIMEOUT: Duration = Duration::from_secs(30);
/// Requests one after the other, to count the connections that they need.
const REQUESTS: usize = 60;

fn client() -> Client {
    Client::builder().no_proxy().timeout(TIMEOUT).build().expect("a client")
}

async fn read_until(stream: &mut Response, text: &str) {
    let reading = async {
        let mut received = String::new();
        while !received.contains(text) {
            let chunk = stream.chunk().await.expect("a stream").expect("no end");
            received += &String::from_utf8_lossy(&chunk);
        }
    };
    timeout(TIMEOUT, reading).await.unwrap_or_else(|_| panic!("{text} was not received"));
}

async fn work_behind(product: Product) {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let variables = site.variables().with("SHUTDOWN_DELAY", "2");
    let variables = variables.with("TRUSTED_PROXIES", "127.0.0.1");
    let mut servers = [Server::start(&variables).await, Server::start(&variables).await];
    // Each has the compiled files of its release only.
    for (server, file) in servers.iter().zip(["old.js", "new.js"]) {
        fs::create_dir(server.site_root().join("pkg")).expect("a folder");
        fs::write(server.site_root().join("pkg").join(file), file).expect("a file");
    }
    connections_are_kept(product, &servers[0]).await;
    let balancer = Balancer::start(product, [servers[0].port(), servers[1].port()]).await;
    let url = [balancer.url()];
    let client = client();

    for file in ["old.js", "new.js"].repeat(4) {
        let response = client.get(format!("{}/pkg/{file}", url[0])).send().await;
        let response = response.expect("a response");
        assert_eq!(response.status(), 200, "{product:?}: {file}");
        assert_eq!(response.text().await.expect("a file"), file);
    }

    let competition = (site.competition(3).await, 3);
    let events = format!("{}/api/competitions/{}/events", url[0], competition.0);
    let mut stream = client.get(events).send().await.expect("a stream");
    read_until(&mut stream, "\"seatsLeft\":3").await;
    let everyone = site.world.participants_in_bulk(41).await;
    let first = site.participants(&everyone[..1]);
    let mut ledgers = vec![first.register(&url, competition, &mut rng).await];
    read_until(&mut stream, "\"seatsLeft\":2").await;
    drop(stream);

    // One server after the other is restarted, as in a rolling upgrade.
    let participants = site.participants(&everyone[1..]).without_retries(4);
    for server in &mut servers {
        let load = participants.clone().keep_registering(&url, 30, &mut rng);
        sleep(Duration::from_millis(300)).await;
        let before = load.responses();
        server.process.signal("TERM");
        server.process.end().await;
        assert!(load.responses() > before, "no request came while the server stopped");
        server.restart(&variables).await;
        sleep(Duration::from_secs(1)).await;
        ledgers.extend(load.stop().await);
    }
    let failures = Ledger::total_failures(&ledgers);
    assert_eq!(failures, Failures::default(), "{product:?}: a request failed\n{}", balancer.log());
    check(&site, &ledgers).await;
}

/// Requests one after the other need far fewer connections to the server than there are requests.
async fn connections_are_kept(product: Product, server: &Server) {
    let network = Proxy::to(server.port()).await;
    let balancer = Balancer::start(product, [network.port(), network.port()]).await;
    let client = client();
    for _ in 0..REQUESTS {
        let response = client.get(format!("{}/health/live", balancer.url())).send().await;
        assert_eq!(response.expect("a response").status(), 200, "{product:?}");
    }
    // Probes of health open connections, too.
    let opened = network.accepted();
    assert!(opened < REQUESTS / 2, "{product:?}: {opened} connections for {REQUESTS} requests");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_behind_nginx_fails_no_request() {
    work_behind(Product::Nginx).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_behind_haproxy_fails_no_request() {
    work_behind(Product::Haproxy).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restart_behind_caddy_fails_no_request() {
    work_behind(Product::Caddy).await;
}
