//! Clients that hang up in the middle of their request.
//!
//! Guards: the task that carries a registration through, and the one that begins a transaction: without it a session
//! stays inside one.

use std::{sync::Arc, time::Duration};

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::Semaphore,
    task::JoinSet,
    time::{sleep, timeout},
};

use crate::support::{Proxy, Server, Site, chance, check, scale, until};

/// How many hang up at the same time.
const AT_ONCE: usize = 64;
/// How long one of them waits for an answer: so many milliseconds, doubled up to seven times.
const SHORTEST_MS: f64 = 4.0;
const DOUBLINGS: f64 = 7.0;
/// Before PostgreSQL ends such a session by itself, after 20 s.
const CLEAN_WITHIN: Duration = Duration::from_secs(10);
/// How long a message takes between the server and its database, so that there is time to hang up at each.
const LAG: Duration = Duration::from_millis(5);

/// Sends a request and hangs up a little later; answers with whether it was still unanswered.
async fn hang_up(port: u16, request: &str, after: Duration) -> bool {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
    stream.write_all(request.as_bytes()).await.expect("a request");
    timeout(after, stream.read_u8()).await.is_err()
}

/// The request for a new competition, as it goes over the wire.
fn creation(token: &str) -> String {
    let body = json!({
        "title": "Code Sprint", "description": "Code.", "capacity": 9, "regDeadline": "2100-01-01T00:00:00Z",
    })
    .to_string();
    format!(
        "POST /api/competitions HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n{body}",
        body.len(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_that_hang_up_leave_nothing_half_done() {
    let mut chance = chance();
    let clients = scale(1_000, 10_000);
    let seats = clients / 2;
    let site = Site::open().await;
    let network = Proxy::to(site.postgres.port()).await;
    let database = site.postgres.url_through(network.port());
    let server = Server::start(&site.variables().with("DATABASE_URL", database)).await;
    network.slow_down(LAG);
    let crowd = site.crowd_of(clients).await;
    let competition = site.competition(seats).await;
    let creation = creation(&site.token(&site.organizer));

    let turns = Arc::new(Semaphore::new(AT_ONCE));
    let mut hanging_up = JoinSet::new();
    for member in 0..clients {
        // The last are the organizer, whose request has no task of its own: what they leave behind nobody tidies up.
        let is_seat = member < clients * 3 / 4;
        let request =
            if is_seat { crowd.raw_request(member, competition) } else { creation.clone() };
        // Each stage of a request has its turn, whether the machine is quick or slow.
        let after = Duration::from_secs_f64(SHORTEST_MS / 1e3 * (chance.f64() * DOUBLINGS).exp2());
        let (turns, port) = (Arc::clone(&turns), server.port());
        hanging_up.spawn(async move {
            let _turn = turns.acquire().await.expect("a turn");
            hang_up(port, &request, after).await
        });
    }
    let unanswered = hanging_up.join_all().await.into_iter().filter(|hung_up| *hung_up).count();
    assert!(unanswered > clients / 4, "{unanswered} of {clients} were not answered");

    // In the end, that is: until then requests are carried through, with pauses between their statements.
    let is_clean = async || {
        for _ in 0..10 {
            if site.world.idle_in_transaction().await > 0 {
                return false;
            }
            sleep(Duration::from_millis(50)).await;
        }
        true
    };
    until("no session is idle in a transaction", CLEAN_WITHIN, is_clean).await;

    network.slow_down(Duration::ZERO);
    let ledger = crowd.ask(&[server.url()], (competition, seats), &mut chance).await;
    assert!(ledger.replayed > 0, "no request went on after its client had hung up");
    assert_eq!(ledger.seated(), seats);
    assert_eq!(check(&site, &[ledger]).await, 0);
}
