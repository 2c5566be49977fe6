//! Connections: accepted, bounded in number and patience, and ended in good order.
//!
//! In place of `axum::serve`, which waits for ever for a client that says nothing.

use std::{
    collections::HashMap,
    convert::Infallible,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
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
use service::ClientAddress;
use tokio::net::{TcpListener, TcpStream};
use tokio_io_timeout::TimeoutWriter;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::{TrustedProxies, security::Limits};

/// The most that is read of a request's head, in bytes; what is longer is answered 431 and nothing else.
const MAX_HEAD: usize = 64 * 1024;
/// The most lines that it may have.
const MAX_HEADER_LINES: usize = 100;

/// Serves connections until `stop` is cancelled, and returns when the requests under way then are answered.
pub async fn serve(
    mut listener: TcpListener,
    router: Router,
    limits: Limits,
    proxies: TrustedProxies,
    stop: CancellationToken,
) {
    let (crowd, connections) = (Crowd::new(limits.connections_per_address), TaskTracker::new());
    loop {
        // Waits a moment and goes on where no more can be accepted.
        let (stream, peer) = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = stop.cancelled() => break,
        };
        // A proxy speaks for many.
        let place =
            if proxies.trusts(peer.ip()) { Some(None) } else { crowd.enter(peer).map(Some) };
        let Some(place) = place else {
            tracing::debug!(client.address = %peer, "too many connections from one address");
            continue;
        };
        let (router, stop) = (router.clone(), stop.clone());
        connections.spawn(async move {
            connection(stream, peer, router, limits, stop).await;
            drop(place);
        });
    }
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
    let service = service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        answer(router.clone(), request)
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(limits.head_time)
        .max_buf_size(MAX_HEAD)
        .max_headers(MAX_HEADER_LINES)
        .serve_connection(TokioIo::new(Box::pin(stream)), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        () = stop.cancelled() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        tracing::debug!(client.address = %peer, error = &error as &dyn std::error::Error, "a connection broke");
    }
}

async fn answer(router: Router, request: Request<Body>) -> Result<Response<Body>, Infallible> {
    router.oneshot(request).await
}

/// How many connections there are from each address.
#[derive(Clone, Debug)]
struct Crowd {
    places: usize,
    taken: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Crowd {
    fn new(places: usize) -> Self {
        Self { places, taken: Arc::default() }
    }

    /// A place for a connection from this address, if there is one left.
    fn enter(&self, peer: SocketAddr) -> Option<Place> {
        let address = ClientAddress::from(peer.ip()).network();
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let count = taken.entry(address).or_default();
        if *count == self.places {
            return None;
        }
        *count += 1;
        Some(Place { crowd: self.clone(), address })
    }
}

/// A place for one connection, free again when it is dropped.
#[derive(Debug)]
struct Place {
    crowd: Crowd,
    address: IpAddr,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.crowd.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = taken.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                taken.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_so_many_places_and_gets_them_back() {
        let crowd = Crowd::new(2);
        let [ada, ben] = [1, 2].map(|host| SocketAddr::from(([192, 0, 2, host], 4711)));
        let first = crowd.enter(ada).unwrap();
        let _second = crowd.enter(ada).unwrap();
        assert!(crowd.enter(ada).is_none());
        assert!(crowd.enter(ben).is_some());
        drop(first);
        assert!(crowd.enter(ada).is_some());
        drop(_second);
        assert!(crowd.taken.lock().unwrap().is_empty(), "nobody is remembered who has left");
    }
}
