//! Slow clients and connection limits. No test asserts a duration, only that something ends.

use std::{net::SocketAddr, time::Duration};

use axum::{Router, routing};
use server::{HttpLimits, TrustedProxies, serve};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinHandle,
    time::{sleep, timeout},
};

use crate::support::App;

/// Far longer than every limit here.
const TIMEOUT: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(200);
/// The delay between two bytes of a slow client.
const BYTE_DELAY: Duration = Duration::from_millis(20);

/// A server on a socket.
struct TestServer {
    app: App,
    address: SocketAddr,
    end: JoinHandle<()>,
}

async fn served(limits: HttpLimits) -> TestServer {
    let app = App::configured(|options| options.limits = limits).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let no_proxies = TrustedProxies::default();
    let end =
        tokio::spawn(serve(listener, app.router.clone(), limits, no_proxies, app.stop.clone()));
    TestServer { app, address, end }
}

impl TestServer {
    async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }
}

/// Reads until the server closes or resets the connection.
async fn read_to_close(stream: &mut TcpStream) -> String {
    let mut said = Vec::new();
    let read = async {
        let mut part = [0; 4_096];
        while let Ok(length @ 1..) = stream.read(&mut part).await {
            said.extend_from_slice(&part[..length]);
        }
    };
    timeout(TIMEOUT, read).await.expect("the server closes the connection");
    String::from_utf8_lossy(&said).into_owned()
}

/// Sends `text` byte by byte, over and over, until the server closes the connection.
async fn send_slowly(mut stream: TcpStream, start: &str, text: &str) -> String {
    stream.write_all(start.as_bytes()).await.unwrap();
    let (mut reader, mut writer) = stream.into_split();
    let text = text.to_owned();
    let writing = tokio::spawn(async move {
        for byte in text.bytes().cycle() {
            sleep(BYTE_DELAY).await;
            if writer.write_all(&[byte]).await.is_err() {
                break;
            }
        }
    });
    let mut said = Vec::new();
    // A reset ends the connection, too.
    let _ = timeout(TIMEOUT, reader.read_to_end(&mut said)).await.expect("it is closed");
    writing.abort();
    String::from_utf8_lossy(&said).into_owned()
}

#[tokio::test]
async fn a_slow_head_closes_the_connection() {
    let served = served(HttpLimits { head_time: SHORT, ..HttpLimits::default() }).await;
    let start = "GET /health/live HTTP/1.1\r\nHost: x\r\n";
    let said = send_slowly(served.connect().await, start, "X-Slow: x\r\n").await;
    assert!(!said.contains("200 OK"), "{said}");
}

#[tokio::test]
async fn a_silent_client_is_disconnected() {
    let served = served(HttpLimits { keep_alive: SHORT, ..HttpLimits::default() }).await;
    assert_eq!(read_to_close(&mut served.connect().await).await, "");
    // Also between two requests.
    let mut stream = served.connect().await;
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    assert!(read_to_close(&mut stream).await.starts_with("HTTP/1.1 200 OK"));
}

#[tokio::test]
async fn a_slow_body_is_answered_with_408_and_closed() {
    let served = served(HttpLimits { body_time: SHORT, ..HttpLimits::default() }).await;
    let start = "POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
         Content-Length: 200000\r\n\r\n";
    let said = send_slowly(served.connect().await, start, " ").await;
    assert!(said.starts_with("HTTP/1.1 408 Request Timeout"), "{said}");
    assert!(said.contains("request_timeout"), "{said}");
}

#[tokio::test]
async fn a_client_that_reads_no_responses_is_disconnected() {
    let served = served(HttpLimits { write_time: SHORT, ..HttpLimits::default() }).await;
    let mut stream = served.connect().await;
    let request = "GET /api/docs/swagger-ui-bundle.js HTTP/1.1\r\nHost: x\r\n\r\n";
    // More than the buffers of two sockets hold; the client reads nothing.
    let ask = async {
        while stream.write_all(request.as_bytes()).await.is_ok() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(TIMEOUT, ask).await.expect("the server closes the connection");
}

/// More than the buffers of two sockets hold.
const LARGE: usize = 32 * 1024 * 1024;

/// Requests a large response from a new server.
async fn request_large(limits: HttpLimits) -> TcpStream {
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
async fn a_client_that_reads_a_large_response_slowly_is_disconnected() {
    let limits = HttpLimits { send_time: SHORT, write_time: 10 * TIMEOUT, ..HttpLimits::default() };
    let mut stream = request_large(limits).await;
    // It reads slowly, so that writes never stall for long.
    let mut part = [0; 4_096];
    for _ in 0..50 {
        sleep(BYTE_DELAY).await;
        if stream.read(&mut part).await.is_err() {
            break;
        }
    }
    let rest = read_to_close(&mut stream).await;
    assert!(rest.len() < LARGE / 2, "the whole response was sent");
}

#[tokio::test]
async fn a_pipelined_request_does_not_cut_off_the_response_before_it() {
    let limits = HttpLimits { head_time: 5 * SHORT, ..HttpLimits::default() };
    let mut stream = request_large(limits).await;
    let mut start = [0; 1_000];
    stream.read_exact(&mut start).await.unwrap();
    stream.write_all(b"GET /not-found HTTP/1.1\r\n").await.unwrap();
    // Longer than the head timeout.
    sleep(10 * SHORT).await;
    let mut answer = vec![0; LARGE - start.len()];
    timeout(TIMEOUT, stream.read_exact(&mut answer)).await.expect("an answer").unwrap();
    stream.write_all(b"Host: x\r\n\r\n").await.unwrap();
    read_until(&mut stream, &mut String::new(), "404 Not Found").await;
}

#[tokio::test]
async fn a_large_response_without_memory_is_rejected_and_a_small_one_is_sent() {
    let served = served(HttpLimits { unsent_bytes: 0, ..HttpLimits::default() }).await;
    for (path, accepted, expected) in [
        ("/api/docs/swagger-ui-bundle.js", "identity", "HTTP/1.1 503"),
        ("/api/docs/swagger-ui-bundle.js", "gzip", "HTTP/1.1 503"),
        ("/health/live", "identity", "HTTP/1.1 200"),
    ] {
        let mut stream = served.connect().await;
        let request = format!(
            "GET {path} HTTP/1.1\r\nHost: x\r\nAccept-Encoding: {accepted}\r\nConnection: \
             close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let said = read_to_close(&mut stream).await;
        assert!(said.starts_with(expected), "{path}, {accepted}: {said}");
        assert_eq!(said.contains("retry-after"), expected.ends_with("503"), "{said}");
    }
}

#[tokio::test]
async fn an_event_stream_outlasts_every_timeout() {
    let served = served(HttpLimits {
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
    read_until(&mut stream, &mut said, "\"seatsLeft\":3").await;
    // Longer than each of the timeouts.
    sleep(5 * SHORT).await;
    served.app.post(&format!("/api/competitions/{id}/register")).by(&ben).send().await;
    read_until(&mut stream, &mut said, "\"seatsLeft\":2").await;
}

async fn read_until(stream: &mut TcpStream, said: &mut String, text: &str) {
    let mut part = [0; 4_096];
    while !said.contains(text) {
        let read = timeout(TIMEOUT, stream.read(&mut part)).await.expect("an event").unwrap();
        assert!(read > 0, "the stream was cut after {said}");
        said.push_str(&String::from_utf8_lossy(&part[..read]));
    }
}

#[tokio::test]
async fn a_head_that_is_too_large_is_rejected_at_once() {
    let served = served(HttpLimits::default()).await;
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
        // The server may answer and close the connection before everything is sent.
        let _ = stream.write_all(request.as_bytes()).await;
        let mut start = [0; 12];
        let read = timeout(TIMEOUT, stream.read_exact(&mut start)).await.expect("an answer");
        if read.is_ok() {
            let start = String::from_utf8_lossy(&start).into_owned();
            assert!(start.starts_with(&format!("HTTP/1.1 {expected}")), "{start}");
        }
    }
}

#[tokio::test]
async fn connections_are_limited_by_address() {
    let served = served(HttpLimits { connections_per_address: 2, ..HttpLimits::default() }).await;
    let ask = async |stream: &mut TcpStream| {
        stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        let mut said = String::new();
        read_until(stream, &mut said, "200 OK").await;
    };
    let (mut one, mut two) = (served.connect().await, served.connect().await);
    ask(&mut one).await;
    ask(&mut two).await;
    assert_eq!(
        read_to_close(&mut served.connect().await).await,
        "",
        "a third connection was accepted"
    );
    drop(one);
    // The server notices the closed connection after a moment.
    let mut again = served.connect().await;
    let get = b"GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    let reconnect = async {
        loop {
            if again.write_all(get).await.is_ok()
                && read_to_close(&mut again).await.starts_with("HTTP/1.1 200")
            {
                break;
            }
            again = served.connect().await;
        }
    };
    timeout(TIMEOUT, reconnect).await.expect("a returned permit");
    ask(&mut two).await;
}

#[tokio::test]
async fn a_stopping_server_closes_idle_connections_and_returns() {
    let served = served(HttpLimits::default()).await;
    let mut stream = served.connect().await;
    stream.write_all(b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
    read_until(&mut stream, &mut String::new(), "200 OK").await;
    served.app.stop.cancel();
    read_to_close(&mut stream).await;
    timeout(TIMEOUT, served.end).await.expect("an end").unwrap();
}

const GET: &[u8] = b"GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";

#[tokio::test]
async fn an_idle_connection_outlasts_the_head_timeout() {
    let served = served(HttpLimits { head_time: SHORT, ..HttpLimits::default() }).await;
    let mut reused = served.connect().await;
    let mut opened_ahead = served.connect().await;
    for _ in 0..3 {
        reused.write_all(GET).await.unwrap();
        read_until(&mut reused, &mut String::new(), "200 OK").await;
        // Longer than the head timeout; a load balancer reuses the connection.
        sleep(3 * SHORT).await;
    }
    opened_ahead.write_all(GET).await.unwrap();
    read_until(&mut opened_ahead, &mut String::new(), "200 OK").await;
    // The head timeout still applies once a head has begun.
    let said = send_slowly(reused, "GET / HTTP/1.1\r\nHost: x\r\n", "X-Slow: x\r\n").await;
    assert!(!said.contains("200 OK"), "{said}");
}

#[tokio::test]
async fn a_draining_server_is_not_ready_and_goes_on_serving() {
    let served = served(HttpLimits::default()).await;
    let ready = b"GET /health/ready HTTP/1.1\r\nHost: x\r\n\r\n";
    let mut kept = served.connect().await;
    kept.write_all(ready).await.unwrap();
    read_until(&mut kept, &mut String::new(), "200 OK").await;
    served.app.draining.cancel();
    // The next response closes the connection, so that no request is lost.
    kept.write_all(ready).await.unwrap();
    let said = read_to_close(&mut kept).await;
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("connection: close"), "{said}");
    let mut new = served.connect().await;
    new.write_all(GET).await.unwrap();
    let said = read_to_close(&mut new).await;
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("connection: close"), "{said}");
}

#[tokio::test]
async fn a_request_over_a_connection_opened_just_before_the_stop_is_answered() {
    let served = served(HttpLimits::default()).await;
    let mut accepted = served.connect().await;
    sleep(SHORT).await;
    // In the backlog of the kernel: this task does not yield before the stop.
    let waiting = std::net::TcpStream::connect(served.address).unwrap();
    waiting.set_nonblocking(true).unwrap();
    let mut waiting = TcpStream::from_std(waiting).unwrap();
    served.app.stop.cancel();
    // Both before the first answer: a connection is kept for half a second without a request.
    accepted.write_all(GET).await.unwrap();
    waiting.write_all(GET).await.unwrap();
    for stream in [&mut accepted, &mut waiting] {
        let said = read_to_close(stream).await;
        assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    }
    timeout(TIMEOUT, served.end).await.expect("an end").unwrap();
}

#[tokio::test]
async fn a_stopping_server_refuses_connections_and_finishes_requests() {
    let served = served(HttpLimits::default()).await;
    // A request whose body has not arrived is in flight; a silent connection is not.
    let mut in_flight = served.connect().await;
    let head = b"POST /api/auth/login HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n\
        Content-Length: 2\r\n\r\n";
    in_flight.write_all(head).await.unwrap();
    let mut silent = served.connect().await;
    sleep(SHORT).await;
    served.app.stop.cancel();
    assert_eq!(read_to_close(&mut silent).await, "");
    let refused = async {
        while TcpStream::connect(served.address).await.is_ok() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(TIMEOUT, refused).await.expect("new connections are refused");
    assert!(!served.end.is_finished(), "the server has not waited for a request");
    in_flight.write_all(b"{}").await.unwrap();
    let said = read_to_close(&mut in_flight).await;
    assert!(said.starts_with("HTTP/1.1 400"), "{said}");
    timeout(TIMEOUT, served.end).await.expect("an end").unwrap();
}

#[tokio::test]
async fn connections_are_limited_in_total() {
    let served = served(HttpLimits { connections: 1, ..HttpLimits::default() }).await;
    let mut one = served.connect().await;
    one.write_all(GET).await.unwrap();
    read_until(&mut one, &mut String::new(), "200 OK").await;
    assert_eq!(
        read_to_close(&mut served.connect().await).await,
        "",
        "a second connection was accepted"
    );
}
