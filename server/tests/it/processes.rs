//! The real program: how it stops, how it ends after a panic, and how many connections it takes.

use std::time::Duration;

use service::testing::World;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{sleep, timeout},
};

use crate::support::Process;

const PATIENCE: Duration = Duration::from_secs(60);
const LIVE: &str = "/health/live";
const READY: &str = "/health/ready";

async fn connect(server: &Process) -> TcpStream {
    TcpStream::connect(server.address()).await.expect("a connection")
}

async fn ask(stream: &mut TcpStream, path: &str) {
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\n\r\n");
    // A connection that was refused may be closed by now.
    let _ = stream.write_all(request.as_bytes()).await;
}

/// What comes up to `words`, or until the connection ends.
async fn hear(stream: &mut TcpStream, words: &str) -> String {
    let mut said = String::new();
    let mut part = [0; 4_096];
    while !said.contains(words) {
        match timeout(PATIENCE, stream.read(&mut part)).await.expect("an answer or an end") {
            Ok(length @ 1..) => said.push_str(&String::from_utf8_lossy(&part[..length])),
            _ => break,
        }
    }
    said
}

async fn until_closed(stream: &mut TcpStream) -> String {
    hear(stream, "nothing says this").await
}

#[tokio::test]
async fn a_process_that_is_told_to_stop_takes_leave_of_its_clients() {
    let world = World::new().await;
    let ada = world.organizer("Ada").await;
    let id = world.competition(&ada).create().await;
    let mut server = Process::serve(&world, &["--shutdown-delay", "4"]);
    let mut kept = connect(&server).await;
    ask(&mut kept, READY).await;
    let said = hear(&mut kept, "\r\n\r\n").await;
    assert!(said.starts_with("HTTP/1.1 200"), "{said}");
    assert!(!said.contains("connection: close"), "{said}");
    let mut events = connect(&server).await;
    ask(&mut events, &format!("/api/competitions/{id}/events")).await;
    assert!(hear(&mut events, "seatsLeft").await.contains("seatsLeft"));

    server.terminate();
    // Not ready at once, while other requests are answered.
    let said = loop {
        let mut new = connect(&server).await;
        ask(&mut new, READY).await;
        let said = hear(&mut new, "\r\n\r\n").await;
        if !said.starts_with("HTTP/1.1 200") {
            break said;
        }
    };
    assert!(said.starts_with("HTTP/1.1 503") && said.contains("connection: close"), "{said}");
    ask(&mut kept, LIVE).await;
    let said = until_closed(&mut kept).await;
    assert!(said.contains("HTTP/1.1 200") && said.contains("connection: close"), "{said}");
    let mut new = connect(&server).await;
    ask(&mut new, &format!("/api/competitions/{id}")).await;
    let said = until_closed(&mut new).await;
    assert!(said.starts_with("HTTP/1.1 200") && said.contains("connection: close"), "{said}");
    // The stream goes on until the delay is over, and then ends as a whole answer does.
    assert!(until_closed(&mut events).await.ends_with("0\r\n\r\n"));
    let refused = async {
        while TcpStream::connect(server.address()).await.is_ok() {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, refused).await.expect("new connections are refused");
    assert_eq!(server.end().await.code(), Some(0));
}

#[tokio::test]
async fn a_process_ends_with_an_error_when_a_task_of_its_worker_panics() {
    let world = World::new().await;
    let panics = ("PANICPOINT", "take_jobs:3");
    let processes = [Process::serve_with(&world, panics), Process::work_with(&world, panics)];
    for (mut process, name) in processes.into_iter().zip(["serve", "worker"]) {
        assert_eq!(process.end().await.code(), Some(1), "{name}");
        // Its last words may be on their way.
        let told = async {
            while process.said("mini-compete: task") == 0 {
                sleep(Duration::from_millis(5)).await;
            }
        };
        timeout(PATIENCE, told).await.expect("the reason on standard error");
        assert!(process.said("PANICPOINT names take_jobs") > 0, "{name}");
        assert_eq!(process.said("a part of the worker panicked"), 1, "{name}");
    }
}

/// So many connections that were answered and are kept.
async fn keep(server: &Process, count: usize) -> Vec<TcpStream> {
    let mut kept = Vec::new();
    for number in 0..count {
        let mut stream = connect(server).await;
        ask(&mut stream, LIVE).await;
        let said = hear(&mut stream, "\r\n\r\n").await;
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
async fn connections_are_as_many_as_the_hard_limit_of_open_files_has_room_for() {
    let world = World::new().await;
    let server = Process::serve_under("ulimit -n 300", &world, &[]);
    assert_eq!(server.said("fewer connections than CONNECTIONS are taken"), 1);
    let mut kept = keep(&server, 64).await;
    for _ in 0..3 {
        let mut refused = connect(&server).await;
        ask(&mut refused, LIVE).await;
        assert_eq!(until_closed(&mut refused).await, "");
    }
    // Those that are there are served.
    ask(&mut kept[0], READY).await;
    let said = hear(&mut kept[0], "\r\n\r\n").await;
    assert!(said.contains("HTTP/1.1 200"), "{said}");
    let told = async {
        while server.said("connections are refused") == 0 {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, told).await.expect("a warning");
    assert_eq!(server.said("connections are refused"), 1, "one for a crowd");
}
