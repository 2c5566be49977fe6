//! The real program: graceful shutdown, its end after a panic, and the limit of open files.

use std::time::Duration;

use service::testing::World;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::support::Process;

const TIMEOUT: Duration = Duration::from_secs(60);
const LIVE: &str = "/health/live";
const READY: &str = "/health/ready";

async fn connect(server: &Process) -> TcpStream {
    TcpStream::connect(server.address()).await.expect("a connection")
}

async fn send(stream: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    // An error means that the server has closed the connection.
    let _ = stream.write_all(request.as_bytes()).await;
}

/// Reads until `text` is received, or to the end of the connection.
async fn read_until(stream: &mut TcpStream, text: &str) -> String {
    let mut said = String::new();
    let mut part = [0; 4_096];
    while !said.contains(text) {
        match timeout(TIMEOUT, stream.read(&mut part)).await.expect("a response or the end") {
            Ok(length @ 1..) => said.push_str(&String::from_utf8_lossy(&part[..length])),
            _ => break,
        }
    }
    said
}

async fn until_closed(stream: &mut TcpStream) -> String {
    read_until(stream, "nothing says this").await
}

#[tokio::test]
async fn sigterm_drains_connections_before_the_process_ends() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).create().await;
    let mut server = Process::serve(&world, &["--shutdown-delay", "4"]);
    let mut kept = connect(&server).await;
    send(&mut kept, READY).await;
    let said = read_until(&mut kept, "\r\n\r\n").await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert!(!said.contains("connection: close"), "{said}");
    let mut events = connect(&server).await;
    send(&mut events, &format!("/api/competitions/{id}/events")).await;
    assert!(read_until(&mut events, "seatsLeft").await.contains("seatsLeft"));

    server.terminate();
    // It reports at once that it is not ready, and keeps serving.
    let said = loop {
        let mut new = connect(&server).await;
        send(&mut new, READY).await;
        let said = read_until(&mut new, "\r\n\r\n").await;
        if !said.starts_with("HTTP/1.1 200") {
            break said;
        }
    };
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("connection: close"), "{said}");
    send(&mut kept, LIVE).await;
    let said = until_closed(&mut kept).await;
    assert!(said.contains("HTTP/1.1 200") && said.contains("connection: close"), "{said}");
    let mut new = connect(&server).await;
    send(&mut new, &format!("/api/competitions/{id}")).await;
    let said = until_closed(&mut new).await;
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("connection: close"), "{said}");
    // The stream continues until the delay is over, and then ends with the last chunk.
    assert!(until_closed(&mut events).await.ends_with("0\r\n\r\n"));
    let refused = async {
        while TcpStream::connect(server.address()).await.is_ok() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(TIMEOUT, refused).await.expect("new connections are refused");
    assert_eq!(server.end().await.code(), Some(0));
}

#[tokio::test]
async fn a_panic_in_a_worker_task_ends_the_process_with_an_error() {
    let world = World::new().await;
    let panics = ("PANICPOINT", "take_jobs:3");
    let processes = [Process::serve_with(&world, panics), Process::work_with(&world, panics)];
    for (mut process, name) in processes.into_iter().zip(["serve", "worker"]) {
        assert_eq!(process.end().await.code(), Some(1), "{name}");
        // Its last log lines may arrive later.
        let logged = async {
            while process.log_lines_with("mini-compete: task") == 0 {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(TIMEOUT, logged).await.expect("the reason on standard error");
        assert!(process.log_lines_with("PANICPOINT names take_jobs") > 0, "{name}");
        assert_eq!(process.log_lines_with("a task of the worker panicked"), 1, "{name}");
    }
}

/// Opens connections, and sends a request over each.
async fn keep(server: &Process, count: usize) -> Vec<TcpStream> {
    let mut kept = Vec::new();
    for number in 0..count {
        let mut stream = connect(server).await;
        send(&mut stream, LIVE).await;
        let said = read_until(&mut stream, "\r\n\r\n").await;
        assert!(said.starts_with("HTTP/1.1 200"), "connection {number}: {said}");
        kept.push(stream);
    }
    kept
}

#[tokio::test]
async fn a_low_soft_limit_of_open_files_is_raised() {
    let world = World::new().await;
    let server = Process::serve_under("ulimit -Sn 100 && ulimit -Hn 1000", &world, &[]);
    keep(&server, 150).await;
}

#[tokio::test]
async fn connections_are_capped_by_the_hard_limit_of_open_files() {
    let world = World::new().await;
    let server = Process::serve_under("ulimit -n 300", &world, &[]);
    assert_eq!(server.log_lines_with("fewer connections than CONNECTIONS are accepted"), 1);
    let mut kept = keep(&server, 64).await;
    for _ in 0..3 {
        let mut refused = connect(&server).await;
        send(&mut refused, LIVE).await;
        assert_eq!(until_closed(&mut refused).await, "");
    }
    // Existing connections are served.
    send(&mut kept[0], READY).await;
    let said = read_until(&mut kept[0], "\r\n\r\n").await;
    assert!(said.contains("HTTP/1.1 200"), "{said}");
    let warned = async {
        while server.log_lines_with("connections are refused") == 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(TIMEOUT, warned).await.expect("a warning");
    assert_eq!(server.log_lines_with("connections are refused"), 1, "one warning for a burst");
}
