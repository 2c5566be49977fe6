//! Clients that disconnect in the middle of a request.
//!
//! Guards: the task that finishes a registration, and the task that begins a transaction, without
//! which a database session stays in an open transaction.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::support::{Proxy, Server, Site, check, scale, seeded_rng, wait_until};

/// The number of concurrent requests.
const CONCURRENCY: usize = 64;
/// How long a client waits before it disconnects: 4 ms, doubled up to seven times at random.
const SHORTEST_MS: f64 = 4.0;
const DOUBLINGS: f64 = 7.0;
/// Less than the 20 s after which PostgreSQL itself ends an idle transaction.
const CLEAN_WITHIN: Duration = Duration::from_secs(10);
/// The latency between the server and its database, so that clients disconnect at every stage.
const LAG: Duration = Duration::from_millis(5);

/// Sends a request and disconnects after a delay. Returns whether it was still unanswered.
async fn disconnect(port: u16, request: &str, after: Duration) -> bool {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("a request");
    timeout(after, stream.read_u8()).await.is_err()
}

/// The request for a new competition, as it goes over the wire.
fn creation(token: &str) -> String {
    let body = json!({
        "title": "Code Sprint", "description": "Code.", "capacity": 9,
        "regDeadline": "2100-01-01T00:00:00Z",
    })
    .to_string();
    format!(
        "POST /api/competitions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_disconnect_leave_no_transaction_open() {
    let mut rng = seeded_rng();
    let clients = scale(1_000, 10_000);
    let seats = clients / 2;
    let site = Site::open().await;
    let network = Proxy::to(site.postgres.port()).await;
    let database = site.postgres.url_through(network.port());
    let server = Server::start(&site.variables().with("DATABASE_URL", database)).await;
    network.set_latency(LAG);
    let participants = site.new_participants(clients).await;
    let competition = site.competition(seats).await;
    let creation = creation(&site.token(&site.organizer));

    let permits = Arc::new(Semaphore::new(CONCURRENCY));
    let mut disconnecting = JoinSet::new();
    for member in 0..clients {
        // The last quarter create competitions. Those requests have no task that outlives their
        // client.
        let is_seat = member < clients * 3 / 4;
        let request =
            if is_seat { participants.raw_request(member, competition) } else { creation.clone() };
        // Exponentially distributed, so that every stage is hit on fast and slow machines.
        let after = Duration::from_secs_f64(SHORTEST_MS / 1e3 * (rng.f64() * DOUBLINGS).exp2());
        let (permits, port) = (Arc::clone(&permits), server.port());
        disconnecting.spawn(async move {
            let _permit = permits.acquire().await.expect("a permit");
            disconnect(port, &request, after).await
        });
    }
    let unanswered =
        disconnecting.join_all().await.into_iter().filter(|disconnected| *disconnected).count();
    assert!(unanswered > clients / 4, "{unanswered} of {clients} were not answered");

    // Requests that are being finished are idle between their statements for a moment.
    let is_clean = async || {
        for _ in 0..10 {
            if site.world.idle_in_transaction().await > 0 {
                return false;
            }
            sleep(Duration::from_millis(50)).await;
        }
        true
    };
    wait_until("no session is idle in a transaction", CLEAN_WITHIN, is_clean).await;

    network.set_latency(Duration::ZERO);
    let ledger = participants.register(&[server.url()], (competition, seats), &mut rng).await;
    assert!(ledger.replayed > 0, "no request was finished after its client had disconnected");
    assert_eq!(ledger.registered(), seats);
    assert_eq!(check(&site, &[ledger]).await, 0);
}
