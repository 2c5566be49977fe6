//! Limits concurrent connections, in all and per address.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use service::ClientAddress;

use crate::observability::HTTP;

/// Limits concurrent connections, in all and per address. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct ConnectionLimiter {
    per_address: usize,
    total: usize,
    counts: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    by_address: HashMap<IpAddr, usize>,
    total: usize,
}

impl ConnectionLimiter {
    pub(super) fn new(per_address: usize, total: usize) -> Self {
        Self { per_address, total, counts: Arc::default() }
    }

    /// A permit for a connection from `peer`; without a peer only the total is limited, as for
    /// trusted proxies. `None` at a limit.
    pub(super) fn acquire(&self, peer: Option<SocketAddr>) -> Option<Permit> {
        let address = peer.map(|peer| ClientAddress::from(peer.ip()).network());
        let mut counts = self.lock();
        if counts.total >= self.total {
            return None;
        }
        if let Some(address) = address {
            let count = counts.by_address.entry(address).or_default();
            if *count >= self.per_address {
                return None;
            }
            *count += 1;
        }
        counts.total += 1;
        HTTP.connections.increment(1.0);
        Some(Permit { limiter: self.clone(), address })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A permit for one connection, returned when it is dropped.
#[derive(Debug)]
pub(super) struct Permit {
    limiter: ConnectionLimiter,
    address: Option<IpAddr>,
}

impl Drop for Permit {
    fn drop(&mut self) {
        HTTP.connections.decrement(1.0);
        let mut counts = self.limiter.lock();
        counts.total -= 1;
        if let Some(address) = self.address
            && let Some(count) = counts.by_address.get_mut(&address)
        {
            *count -= 1;
            if *count == 0 {
                counts.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn host(number: u8) -> Option<SocketAddr> {
        Some(SocketAddr::from(([192, 0, 2, number], 4711)))
    }

    #[test]
    fn an_address_is_forgotten_once_its_permits_are_returned() {
        let limiter = ConnectionLimiter::new(2, 10);
        let first = limiter.acquire(host(1)).unwrap();
        let second = limiter.acquire(host(1)).unwrap();
        assert!(limiter.acquire(host(1)).is_none());
        assert!(limiter.acquire(host(2)).is_some());
        drop(first);
        assert!(limiter.acquire(host(1)).is_some());
        drop(second);
        assert!(limiter.lock().by_address.is_empty(), "an address without connections is kept");
        assert_eq!(limiter.lock().total, 0);
    }

    #[test]
    fn the_total_is_limited_behind_a_proxy_too() {
        let limiter = ConnectionLimiter::new(1, 2);
        let proxied = limiter.acquire(None).unwrap();
        let _direct = limiter.acquire(host(1)).unwrap();
        assert!(limiter.acquire(None).is_none());
        assert!(limiter.acquire(host(2)).is_none());
        drop(proxied);
        assert!(limiter.acquire(host(2)).is_some());
    }
}
