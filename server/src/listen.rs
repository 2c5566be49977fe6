//! Connections: accepted, bounded in number and patience, and ended in good order.
//!
//! In place of `axum::serve`, which waits for ever for a client that says nothing.

mod limiter;
mod phase;

use std::{
    convert::Infallible,
    net::SocketAddr,
    time::{Duration, Instant},
};

use axum::{
    Router,
    body::Body,
    extract::ConnectInfo,
    http::{Request, Response},
    serve::Listener,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutWriter;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use self::{
    limiter::ConnectionLimiter,
    phase::{Heard, Overdue, Phase, Phases},
};
use crate::{TrustedProxies, security::Limits};

/// The most that is read of a request's head, in bytes; what is longer is answered 431 and nothing else.
const MAX_HEAD: usize = 64 * 1024;
/// The most lines that it may have.
const MAX_HEADER_LINES: usize = 100;
/// Connections that are refused are logged no more often than this: they come in crowds.
const WARN_EVERY: Duration = Duration::from_secs(60);

/// Serves connections until `stop` is cancelled, and returns when the requests under way then are
/// answered. From then on new connections are refused.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    limits: Limits,
    proxies: TrustedProxies,
    stop: CancellationToken,
) {
    let limiter = ConnectionLimiter::new(limits.connections_per_address, limits.connections);
    let connections = TaskTracker::new();
    let mut warned: Option<Instant> = None;
    loop {
        // Waits a moment and goes on where no more can be accepted.
        let (stream, peer) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = stop.cancelled() => break,
        };
        // A proxy speaks for many.
        let counted = (!proxies.trusts(peer.ip())).then_some(peer);
        let Some(permit) = limiter.acquire(counted) else {
            tracing::debug!(client.address = %peer, "too many connections");
            if warned.is_none_or(|warned| warned.elapsed() >= WARN_EVERY) {
                warned = Some(Instant::now());
                tracing::warn!(
                    client.address = %peer,
                    connections = limits.connections,
                    connections.per_address = limits.connections_per_address,
                    "connections are refused: there are as many as CONNECTIONS or CONNECTIONS_PER_ADDRESS allows",
                );
            }
            continue;
        };
        let (router, stop) = (router.clone(), stop.clone());
        connections.spawn(async move {
            connection(stream, peer, router, limits, stop).await;
            drop(permit);
        });
    }
    // The kernel would go on accepting for it, and those clients would wait until this process
    // ends.
    drop(listener);
    connections.close();
    connections.wait().await;
}

/// Serves one connection to its end.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: Limits,
    stop: CancellationToken,
) {
    // Events are small and wait for nothing. Without it they are late, and that is all.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(limits.write_time));
    let phases = Phases::new();
    let stream = Heard::new(Box::pin(stream), phases.clone());
    let service = service_fn(|request: Request<Incoming>| {
        let answering = phases.begin();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = answer(router.clone(), request);
        async move { answer.await.map(|response| answering.until_sent(response)) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // hyper counts the time between two requests as part of the second one's head; `phases`
        // tells them apart.
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADER_LINES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let mut is_last = false;
    let ended = loop {
        tokio::select! {
            ended = connection.as_mut() => break ended,
            () = stop.cancelled(), if !is_last => {
                // hyper would wait for its first request.
                if phases.current() == Phase::New {
                    return;
                }
                is_last = true;
                connection.as_mut().graceful_shutdown();
            }
            overdue = phases.overdue(&limits, is_last) => match overdue {
                Overdue::Close => return,
                Overdue::Finish => {
                    is_last = true;
                    connection.as_mut().graceful_shutdown();
                }
            },
        }
    };
    if let Err(error) = ended {
        tracing::debug!(client.address = %peer, error = &error as &dyn std::error::Error, "a connection broke");
    }
}

async fn answer(router: Router, request: Request<Body>) -> Result<Response<Body>, Infallible> {
    router.oneshot(request).await
}
