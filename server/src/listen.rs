//! Accepts connections, limits their number and duration, and shuts them down gracefully.
//!
//! `axum::serve` has no such limits: a silent client keeps its connection open indefinitely.

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
    http::{Request, Response, StatusCode, header},
    serve::Listener,
};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::{
    net::{TcpListener, TcpStream},
    time::sleep,
};
use tokio_io_timeout::TimeoutWriter;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use self::{
    limiter::ConnectionLimiter,
    phase::{Overdue, Phase, Phases, TrackedStream},
};
use crate::{TrustedProxies, security::HttpLimits};

/// The longest head that hyper reads, in bytes. It answers a longer one with 431 and no body;
/// `security::bound_head` has a lower limit and a message.
const MAX_HEAD: usize = 64 * 1024;
/// The most header lines of a head.
const MAX_HEADER_LINES: usize = 100;
/// The most connections that are accepted after the signal to stop.
const BACKLOG: usize = 4_096;
/// How long a new connection is kept after that signal: its first request may be on the way.
const FIRST_REQUEST: Duration = Duration::from_millis(500);
/// The shortest time between two warnings about refused connections, which come in bursts.
const WARN_INTERVAL: Duration = Duration::from_secs(60);

/// Serves connections until `stop` is cancelled; then refuses new ones, and returns once the
/// requests in flight are answered.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    limits: HttpLimits,
    proxies: TrustedProxies,
    stop: CancellationToken,
) {
    let limiter = ConnectionLimiter::new(limits.connections_per_address, limits.connections);
    let connections = TaskTracker::new();
    let mut last_warning: Option<Instant> = None;
    let mut admit = |stream: TcpStream, peer: SocketAddr| {
        // All clients of a trusted proxy share its address.
        let counted_peer = (!proxies.trusts(peer.ip())).then_some(peer);
        let Some(permit) = limiter.acquire(counted_peer) else {
            tracing::debug!(client.address = %peer, "too many connections");
            if last_warning.is_none_or(|time| time.elapsed() >= WARN_INTERVAL) {
                last_warning = Some(Instant::now());
                tracing::warn!(
                    client.address = %peer,
                    connections = limits.connections,
                    connections.per_address = limits.connections_per_address,
                    "connections are refused: there are as many as CONNECTIONS or \
                     CONNECTIONS_PER_ADDRESS allows",
                );
            }
            return;
        };
        let (router, stop) = (router.clone(), stop.clone());
        connections.spawn(async move {
            connection(stream, peer, router, limits, stop).await;
            drop(permit);
        });
    };
    loop {
        // Retries after a pause when no file descriptor is left.
        tokio::select! {
            (stream, peer) = Listener::accept(&mut listener) => admit(stream, peer),
            () = stop.cancelled() => break,
        }
    }
    // While the socket is open the kernel accepts connections, which nothing would serve. Those
    // that it has accepted by now would be reset, with the requests that clients have sent.
    for (stream, peer) in backlog(listener) {
        admit(stream, peer);
    }
    connections.close();
    connections.wait().await;
}

async fn after(stop: &CancellationToken, pause: Duration) {
    stop.cancelled().await;
    sleep(pause).await;
}

/// The connections that the kernel has accepted already; closes the listener.
fn backlog(listener: TcpListener) -> Vec<(TcpStream, SocketAddr)> {
    let Ok(listener) = listener.into_std() else { return Vec::new() };
    let next = || {
        let (stream, peer) = listener.accept().ok()?;
        stream.set_nonblocking(true).ok()?;
        Some((TcpStream::from_std(stream).ok()?, peer))
    };
    std::iter::from_fn(next).take(BACKLOG).collect()
}

/// Serves one connection to its end.
async fn connection(
    stream: TcpStream,
    peer: SocketAddr,
    router: Router,
    limits: HttpLimits,
    stop: CancellationToken,
) {
    // Sends small events without delay. If this fails they are only late.
    let _ = stream.set_nodelay(true);
    let mut stream = TimeoutWriter::new(stream);
    stream.set_timeout(Some(limits.write_time));
    let phases = Phases::new();
    let stream = TrackedStream::new(Box::pin(stream), phases.clone());
    let service = service_fn(|request: Request<Incoming>| {
        let guard = phases.begin_request();
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let response = respond(router.clone(), request);
        async move { response.await.map(|response| guard.until_sent(response)) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        // hyper's timeout includes the idle time before a head; `phases` has one for each.
        .header_read_timeout(None)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADER_LINES)
        .serve_connection(TokioIo::new(stream), service);
    let mut connection = std::pin::pin!(connection);
    let (mut is_stopping, mut is_last) = (false, false);
    let ended = loop {
        tokio::select! {
            ended = connection.as_mut() => break ended,
            // hyper would close a connection over which nothing has come yet.
            () = stop.cancelled(), if !is_stopping => {
                is_stopping = true;
                if phases.current() != Phase::New {
                    is_last = true;
                    connection.as_mut().graceful_shutdown();
                }
            }
            () = after(&stop, FIRST_REQUEST), if !is_last => {
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
        let error = &error as &dyn std::error::Error;
        tracing::debug!(client.address = %peer, error, "a connection failed");
    }
}

/// The router adds `Content-Length: 0` to every response without a body. In a 304 it would be the
/// length of the response that the client has (RFC 9110, section 8.6); hyper omits it from a 204.
async fn respond(router: Router, request: Request<Body>) -> Result<Response<Body>, Infallible> {
    let mut response = router.oneshot(request).await?;
    if response.status() == StatusCode::NOT_MODIFIED {
        response.headers_mut().remove(header::CONTENT_LENGTH);
    }
    Ok(response)
}
