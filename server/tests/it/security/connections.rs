//! Clients that are slow, or come in crowds. No test here says how long something takes, only that it ends.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, routing};
use server::{Limits, TrustedProxies, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::support::App;

/// Far beyond every limit here.
const PATIENCE: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(200);
/// Between two bytes of a slow client.
const DRIBBLE: Duration = Duration::from_millis(20);

/// A server on a socket.
struct Served {
    app: App,
    address: SocketAddr,
    end: JoinHandle<()>,
}

async fn served(limits: Limits) -> Served {
    let app = App::configured(|options| options.limits = limits).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let nobody = TrustedProxies::default();
    let end = tokio::spawn(serve(listener, app.router.clone(), limits, nobody, app.stop.clone()));
    Served { app, address, end }
}

impl Served {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// All that comes until the server closes the connection, in whatever way.
async fn until_closed(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let read = async {
        let mut part = [0; 4_096];
        while let Ok(length @ 1..) = stream.read(&mut part).await {
            said.extend_from_slice(&part[..length]);
        }
    };
    timeout(PATIENCE, read).await.expect("the server closes the connection");
    String::from_utf8_lossy(&said).into_owned()
}

/// Sends one byte after the other until the server does not take any more.
async fn dribble(mut stream: TcpStream, start: &str, text: &str) -> String {
    stream.write_all(start.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let text = text.to_owned();
    let writing = tokio::spawn(async move {
        for byte in text.bytes().cycle() {
            sleep(DRIBBLE).await;
            if writer.write_all(&[byte]).await.is_err() {
                break;
            }
        }
    });
    let mut said = Vec::new();
    // A connection that is reset has ended as well.
    let _ = timeout(PATIENCE, reader.read_to_end(&mut said)).await.expect("it is closed");
    writing.abort();
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_client_that_dribbles_its_headers_is_closed() {
    let served = served(Limits { head_time: SHORT, ..Limits::default() }).await;
    let start = "GET /health/live HTTP/1.1\r\nHost: x\r\n";
    let said = dribble(served.connect().await, start, "X-Slow: x\r\n").await;
    assert!(!said.contains("200 OK"), "{said}");
}

#[tokio::test]
async fn a_client_that_says_nothing_is_closed() {
    let served = served(Limits { keep_alive: SHORT, ..Limits::default() }).await;
    assert_eq!(until_closed(&mut served.connect().await).await, "");
    // Between two requests as well.
    let mut stream = served.connect().await;
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(until_closed(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_client_that_dribbles_its_body_is_told_and_closed() {
    let served = served(Limits { body_time: SHORT, ..Limits::default() }).await;
    let start = "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: 200000\r\n\r\n";
    let said = dribble(served.connect().await, start, " ").await;
    assert!(said.starts_with("HTTP/1.1 408 Request Timeout"), "{said}");
    assert!(said.contains("request_timeout"), "{said}");
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answers_is_closed() {
    let served = served(Limits { write_time: SHORT, ..Limits::default() }).await;
    let mut stream = served.connect().await;
    let request = "GET /api/docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n";
    // More than lies in the buffers of two sockets; nothing of it is read until the server has had enough.
    let ask = async {
        while stream.write_all(request.as_bytes()).await.is_ok() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(PATIENCE, ask).await.expect("the server closes the connection");
}

/// More than lies in the buffers of two sockets.
const LARGE: usize = 32 * 1024 * 1024;

/// A server of one large answer, and a client that has asked for it.
async fn asked_for_much(limits: Limits) -> TcpStream {
    let large = || async { "x".repeat(LARGE) };
    let router = Router::new().route("/", routing::get(large));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(serve(listener, router, limits, TrustedProxies::default(), Default::default()));
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    stream
}

#[tokio::test]
async fn a_client_that_takes_an_answer_slowly_is_closed() {
    let limits = Limits { send_time: SHORT, write_time: 10 * PATIENCE, ..Limits::default() };
    let mut stream = asked_for_much(limits).await;
    // A little at a time, so that it never takes nothing.
    let mut part = [0; 4_096];
    for _ in 0..50 {
        sleep(DRIBBLE).await;
        if stream.read(&mut part).await.is_err() {
            break;
        }
    }
    let rest = until_closed(&mut stream).await;
    assert!(rest.len() < LARGE / 2, "all of the answer was sent");
}

#[tokio::test]
async fn a_request_sent_ahead_does_not_cut_off_the_answer_before_it() {
    let limits = Limits { head_time: 5 * SHORT, ..Limits::default() };
    let mut stream = asked_for_much(limits).await;
    let mut start = [0; 1_000];
    stream.read_exact(&mut start).await.unwrap();
    stream.write_all(b"GET /not-found HTTP/1.1\r\n").await.unwrap();
    // Longer than a head may take.
    sleep(10 * SHORT).await;
    let mut answer = vec![0; LARGE - start.len()];
    timeout(PATIENCE, stream.read_exact(&mut answer)).await.expect("an answer").unwrap();
    stream.write_all(b"Host: x\r\n\r\n").await.unwrap();
    hear(&mut stream, &mut String::new(), "404 Not Found").await;
}

#[tokio::test]
async fn a_large_answer_without_memory_for_it_is_refused_and_a_small_one_is_not() {
    let served = served(Limits { unsent_bytes: 0, ..Limits::default() }).await;
    for (path, accepted, expected) in [
        ("/api/docs/swagger-ui-bundle.js", "identity", "HTTP/1.1 503"),
        ("/api/docs/swagger-ui-bundle.js", "gzip", "HTTP/1.1 503"),
        ("/health/live", "identity", "HTTP/1.1 200"),
    ] {
        let mut stream = served.connect().await;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {accepted}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let said = until_closed(&mut stream).await;
        assert!(said.starts_with(expected), "{path}, {accepted}: {said}");
        assert_eq!(said.contains("retry-after"), expected.ends_with("503"), "{said}");
    }
}

#[tokio::test]
async fn events_go_on_for_as_long_as_somebody_listens() {
    let served = served(Limits {
        head_time: SHORT,
        body_time: SHORT,
        write_time: SHORT,
        send_time: SHORT,
        request_time: SHORT,
        keep_alive: SHORT,
        unsent_bytes: 0,
        connections_per_address: 10,
        connections: 10,
    })
    .await;
    let world = &served.app.world;
    let (ada, ben) = (world.organizer("Ada").await, world.participant("Ben").await);
    let id = world.competition(&ada).seats(3).create().await;
    let mut stream = served.connect().await;
    let request = format!("GET /api/competitions/{id}/events HTTP/1.1\r\nHost: x\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut said = String::new();
    hear(&mut stream, &mut said, "\"seatsLeft\":3").await;
    // Longer than each of the limits.
    sleep(5 * SHORT).await;
    served.app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    hear(&mut stream, &mut said, "\"seatsLeft\":2").await;
}

async fn hear(stream: &mut TcpStream, said: &mut String, words: &str) {
    let mut part = [0; 4_096];
    while !said.contains(words) {
        let read = timeout(PATIENCE, stream.read(&mut part)).await.expect("an event").unwrap();
        assert!(read > 0, "the stream was cut after {said}");
        said.push_str(&String::from_utf8_lossy(&part[..read]));
    }
}

#[tokio::test]
async fn heads_that_are_too_large_are_refused_and_do_not_hang() {
    let served = served(Limits::default()).await;
    for (request, expected) in [
        (format!("GET /?{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(9_000)), "414"),
        (format!("GET /?{} HTTP/1.1\r\nHost: x\r\n\r\n", "x".repeat(100_000)), "4"),
        (format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(40_000)), "431"),
        ("GET / HTTP/1.1\r\n\r\n".to_owned(), "400"),
        (format!("GET / HTTP/1.1\r\nX: {}\r\n\r\n", "x".repeat(100_000)), "431"),
        (format!("GET / HTTP/1.1\r\n{}\r\n", "X: y\r\n".repeat(200)), "431"),
        ("GET / HTTP/1.1\r\nX: a\0b\r\n\r\n".to_owned(), "400"),
        ("rubbish\r\n\r\n".to_owned(), "400"),
    ] {
        let mut stream = served.connect().await;
        // It may answer and close before all of it is sent.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut start = [0; 12];
        let read = timeout(PATIENCE, stream.read_exact(&mut start)).await.expect("an answer");
        if read.is_ok() {
            let start = String::from_utf8_lossy(&start).into_owned();
            assert!(start.starts_with(&format!("HTTP/1.1 {expected}")), "{start}");
        }
    }
}

#[tokio::test]
async fn connections_of_one_address_are_counted() {
    let served = served(Limits { connections_per_address: 2, ..Limits::default() }).await;
    let ask = async |stream: &mut TcpStream| {
        stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut said = String::new();
        hear(stream, &mut said, "200 OK").await;
    };
    let (mut one, mut two) = (served.connect().await, served.connect().await);
    ask(&mut one).await;
    ask(&mut two).await;
    assert_eq!(until_closed(&mut served.connect().await).await, "", "the third is one too many");
    drop(one);
    // The server learns of it in its own time.
    let mut again = served.connect().await;
    let get = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let come_back = async {
        loop {
            if again.write_all(get).await.is_ok()
                && until_closed(&mut again).await.starts_with("HTTP/1.1 200")
            {
                break;
            }
            again = served.connect().await;
        }
    };
    timeout(PATIENCE, come_back).await.expect("a place that became free");
    ask(&mut two).await;
}

#[tokio::test]
async fn a_server_that_stops_ends_idle_connections_and_returns() {
    let served = served(Limits::default()).await;
    let mut stream = served.connect().await;
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    hear(&mut stream, &mut String::new(), "200 OK").await;
    served.app.stop.cancel();
    until_closed(&mut stream).await;
    timeout(PATIENCE, served.end).await.expect("an end").unwrap();
}

const GET: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn an_idle_connection_outlives_the_time_for_a_head() {
    let served = served(Limits { head_time: SHORT, ..Limits::default() }).await;
    let mut reused = served.connect().await;
    let mut opened_ahead = served.connect().await;
    for _ in 0..3 {
        reused.write_all(GET).await.unwrap();
        hear(&mut reused, &mut String::new(), "200 OK").await;
        // Longer than a head may take; a balancer sends the next request over the same connection.
        sleep(3 * SHORT).await;
    }
    opened_ahead.write_all(GET).await.unwrap();
    hear(&mut opened_ahead, &mut String::new(), "200 OK").await;
    // A head that has begun takes no longer for that.
    let said = dribble(reused, "GET / HTTP/1.1\r\nHost: x\r\n", "X-Slow: x\r\n").await;
    assert!(!said.contains("200 OK"), "{said}");
}

#[tokio::test]
async fn a_server_that_was_told_to_stop_is_not_ready_and_answers_for_a_while() {
    let served = served(Limits::default()).await;
    let ready = b"GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut kept = served.connect().await;
    kept.write_all(ready).await.unwrap();
    hear(&mut kept, &mut String::new(), "200 OK").await;
    served.app.stopping.cancel();
    // The connection ends with its next answer, so that no request is sent into its end.
    kept.write_all(ready).await.unwrap();
    let said = until_closed(&mut kept).await;
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("connection: close"), "{said}");
    let mut new = served.connect().await;
    new.write_all(GET).await.unwrap();
    let said = until_closed(&mut new).await;
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("connection: close"), "{said}");
}

#[tokio::test]
async fn new_connections_are_refused_while_the_last_requests_are_answered() {
    let served = served(Limits::default()).await;
    // A request whose body has not arrived is under way; a connection over which nothing came is
    // not.
    let mut under_way = served.connect().await;
    let head = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n";
    under_way.write_all(head).await.unwrap();
    let mut silent = served.connect().await;
    sleep(SHORT).await;
    served.app.stop.cancel();
    assert_eq!(until_closed(&mut silent).await, "");
    let refused = async {
        while TcpStream::connect(served.address).await.is_ok() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, refused).await.expect("new connections are refused");
    assert!(!served.end.is_finished(), "a request is under way");
    under_way.write_all(b"{}").await.unwrap();
    let said = until_closed(&mut under_way).await;
    assert!(said.starts_with("HTTP/1.1 400"), "{said}");
    timeout(PATIENCE, served.end).await.expect("an end").unwrap();
}

#[tokio::test]
async fn connections_in_all_are_counted() {
    let served = served(Limits { connections: 1, ..Limits::default() }).await;
    let mut one = served.connect().await;
    one.write_all(GET).await.unwrap();
    hear(&mut one, &mut String::new(), "200 OK").await;
    assert_eq!(until_closed(&mut served.connect().await).await, "", "the second is one too many");
}
