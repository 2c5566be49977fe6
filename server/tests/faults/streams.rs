//! Event streams by the thousand that are not read, and a server that is killed under them.
//!
//! Guards: the limit of streams in all; that a stream keeps the newest state only; that a stream
//! begins with the current state, so that a client that connects again has missed nothing.

use std::time::Duration;

use domain::CompetitionId;
use futures::future;
use reqwest::{Client, Response};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{Failures, Server, Site, check, scale, seeded_rng};

const SEATS: usize = 300;
/// Streams that are read to their newest state, besides those that are not.
const READERS: usize = 4;
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// What an unread stream may cost the server in memory; a debug build, with its buffers.
const STREAM_KIB: usize = 128;

/// Opens a stream, reads the first bytes of the answer, and nothing after them.
async fn open_unread(port: u16, competition: CompetitionId) -> TcpStream {
    let mut stream = TcpStream::connect(("127.0.0.1", port)).await.expect("a connection");
    let request =
        format!("GET /api/competitions/{competition}/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    stream.write_all(request.as_bytes()).await.expect("a request");
    let mut head = [0; 12];
    stream.read_exact(&mut head).await.expect("an answer");
    assert_eq!(&head, b"HTTP/1.1 200");
    stream
}

async fn open(server: &Server, competition: CompetitionId) -> Response {
    let client = Client::builder().no_proxy().build().expect("a client");
    let url = format!("{}/api/competitions/{competition}/events", server.url());
    client.get(url).send().await.expect("an answer")
}

/// Reads until the stream says how many seats are left.
async fn read_until_left(stream: &mut Response, left: usize) {
    let reading = async {
        loop {
            let chunk = stream.chunk().await.expect("a stream").expect("no end");
            let text = String::from_utf8_lossy(&chunk).into_owned();
            let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
            let mut states = data.map(|data| serde_json::from_str::<Value>(data).expect("a state"));
            if states.next_back().is_some_and(|state| state["seatsLeft"] == left) {
                return;
            }
        }
    };
    timeout(TIME_LIMIT, reading).await.expect("the newest state");
}

#[tokio::test(flavor = "multi_thread")]
async fn unread_streams_neither_fill_the_memory_nor_delay_registrations() {
    let mut rng = seeded_rng();
    let site = Site::open().await;
    let unread = scale(600, 4_000);
    let limit = (unread + READERS).to_string();
    let variables = site.variables().with("EVENT_STREAMS", limit);
    let mut server = Server::start(&variables).await;
    let participants = 2 * SEATS;
    let everyone = site.new_participants(participants).await.without_retries(64);
    let competition = site.competition(SEATS).await;
    let before = server.process.resident_kib();
    let mut streams = Vec::new();
    for _ in 0..unread / 50 {
        let some = (0..50).map(|_| open_unread(server.port(), competition));
        streams.extend(future::join_all(some).await);
    }
    let mut readers = future::join_all((0..READERS).map(|_| open(&server, competition))).await;
    let refused = open(&server, competition).await;
    assert_eq!(refused.status(), 503, "one stream more than there may be");
    assert!(refused.headers().contains_key("retry-after"));

    let ledger = everyone.register(&[server.url()], (competition, SEATS), &mut rng).await;
    assert_eq!(ledger.failures, Failures::default(), "each request was answered at once");
    assert_eq!((ledger.outcomes.len(), ledger.registered()), (participants, SEATS));
    for reader in &mut readers {
        read_until_left(reader, 0).await;
    }
    let grown = server.process.resident_kib().saturating_sub(before);
    eprintln!("{unread} unread streams: {grown} KiB");
    assert!(grown < unread * STREAM_KIB, "{unread} streams took {grown} KiB");

    server.process.kill();
    server.restart(&variables).await;
    read_until_left(&mut open(&server, competition).await, 0).await;
    drop(streams);
    assert_eq!(check(&site, &[ledger]).await, 0);
}
