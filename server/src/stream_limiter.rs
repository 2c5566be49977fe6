//! Limits the open event streams: in all, per address, and per user.
//!
//! A stream takes a connection and memory for as long as it is open. A page that gets none polls.

use std::{
    collections::HashMap,
    hash::Hash,
    net::IpAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use clap::{Args, value_parser};
use domain::{ErrorCode, PublicError, UserId};
use service::ClientAddress;

use crate::observability::HTTP;

/// `Retry-After` of a rejected stream, in seconds.
const RETRY_AFTER: u32 = 30;

/// How many event streams this process keeps open, and for how long.
#[derive(Clone, Copy, Debug, Args)]
#[command(next_help_heading = "Traffic")]
pub struct StreamLimits {
    /// Most open event streams of this process; fewer than CONNECTIONS
    #[arg(long = "event-streams", env = "EVENT_STREAMS",
          default_value_t = 5_000,
          value_parser = value_parser!(u32).range(1..))]
    pub total: u32,

    /// Most open event streams of one address, which a whole school may share
    #[arg(long = "event-streams-per-address", env = "EVENT_STREAMS_PER_ADDRESS",
          default_value_t = 1_000,
          value_parser = value_parser!(u32).range(1..))]
    pub per_address: u32,

    /// Most open event streams of one user, on all their devices
    #[arg(long = "event-streams-per-user", env = "EVENT_STREAMS_PER_USER",
          default_value_t = 20,
          value_parser = value_parser!(u32).range(1..))]
    pub per_user: u32,

    /// How long a stream stays open; up to half as long is added at random. Only tests change it.
    #[arg(skip = LIFETIME)]
    pub lifetime: Duration,
}

/// The end of a stream is when the loss of a client that vanished without a FIN is noticed.
const LIFETIME: Duration = Duration::from_secs(240);

impl Default for StreamLimits {
    fn default() -> Self {
        Self { total: 5_000, per_address: 1_000, per_user: 20, lifetime: LIFETIME }
    }
}

/// Limits the open streams. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct StreamLimiter {
    limits: StreamLimits,
    open: Arc<Mutex<Counts>>,
}

#[derive(Debug, Default)]
struct Counts {
    total: u32,
    by_address: HashMap<IpAddr, u32>,
    by_user: HashMap<UserId, u32>,
}

impl StreamLimiter {
    /// Without `by_client` only the total is limited.
    pub(crate) fn new(limits: StreamLimits, by_client: bool) -> Self {
        let limits = if by_client {
            limits
        } else {
            StreamLimits { per_address: u32::MAX, per_user: u32::MAX, ..limits }
        };
        Self { limits, open: Arc::default() }
    }

    /// How long a stream that begins now stays open. The jitter keeps streams that began together
    /// from ending together.
    pub(crate) fn lifetime(&self) -> Duration {
        self.limits.lifetime.mul_f64(1.0 + fastrand::f64() / 2.0)
    }

    /// A permit for one stream. The error is 429 at a limit of the client, 503 at that of the
    /// process.
    pub(crate) fn acquire(
        &self,
        address: ClientAddress,
        user: Option<UserId>,
    ) -> Result<StreamPermit, PublicError> {
        let address = address.network();
        let mut open = self.lock();
        let of_address = open.by_address.get(&address).copied().unwrap_or_default();
        let of_user = user.and_then(|user| open.by_user.get(&user).copied()).unwrap_or_default();
        if of_address >= self.limits.per_address || of_user >= self.limits.per_user {
            return Err(PublicError::rate_limited("Too many event streams", RETRY_AFTER));
        }
        if open.total >= self.limits.total {
            let message = "The server has no event stream left. Poll, and try again later.";
            let error = PublicError::new(ErrorCode::Overloaded, message);
            return Err(PublicError { wait: Some(RETRY_AFTER), ..error });
        }
        open.total += 1;
        *open.by_address.entry(address).or_default() += 1;
        if let Some(user) = user {
            *open.by_user.entry(user).or_default() += 1;
        }
        drop(open);
        HTTP.streams.increment(1.0);
        Ok(StreamPermit { limiter: self.clone(), address, user })
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A permit for one stream, returned when it is dropped.
#[derive(Debug)]
pub(crate) struct StreamPermit {
    limiter: StreamLimiter,
    address: IpAddr,
    user: Option<UserId>,
}

impl Drop for StreamPermit {
    fn drop(&mut self) {
        HTTP.streams.decrement(1.0);
        let mut open = self.limiter.lock();
        open.total -= 1;
        decrement(&mut open.by_address, &self.address);
        if let Some(user) = &self.user {
            decrement(&mut open.by_user, user);
        }
    }
}

/// Decrements a count, and removes it at zero.
fn decrement<K: Eq + Hash>(counts: &mut HashMap<K, u32>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn limiter(total: u32, per_address: u32, per_user: u32) -> StreamLimiter {
        let limits = StreamLimits { total, per_address, per_user, ..StreamLimits::default() };
        StreamLimiter::new(limits, true)
    }

    fn address(host: u8) -> ClientAddress {
        IpAddr::from([192, 0, 2, host]).into()
    }

    fn user(number: u128) -> Option<UserId> {
        Some(UserId(Uuid::from_u128(number)))
    }

    fn refusal(limiter: &StreamLimiter, host: u8, user: Option<UserId>) -> PublicError {
        limiter.acquire(address(host), user).expect_err("one stream too many")
    }

    #[test]
    fn the_limit_of_one_client_does_not_affect_others() {
        let limiter = limiter(100, 2, 1);
        let first = limiter.acquire(address(1), user(1)).unwrap();
        assert_eq!(refusal(&limiter, 2, user(1)).code, ErrorCode::RateLimited, "by user");
        let _second = limiter.acquire(address(1), None).unwrap();
        let refused = refusal(&limiter, 1, user(2));
        assert_eq!((refused.code, refused.retry_after()), (ErrorCode::RateLimited, Some(30)));
        let _other = limiter.acquire(address(2), user(2)).unwrap();
        drop(first);
        assert!(limiter.acquire(address(1), user(1)).is_ok(), "the permit was returned");
    }

    #[test]
    fn the_total_limit_rejects_every_client() {
        let limiter = limiter(2, 100, 100);
        let _permits = [1, 2].map(|host| limiter.acquire(address(host), None).unwrap());
        let refused = refusal(&limiter, 3, None);
        assert_eq!((refused.code, refused.retry_after()), (ErrorCode::Overloaded, Some(30)));
    }

    #[test]
    fn counts_are_removed_with_the_last_permit() {
        let limiter = limiter(1_000, 1_000, 1_000);
        let permits: Vec<_> =
            (0..200).map(|n| limiter.acquire(address(n), user(n.into())).unwrap()).collect();
        drop(permits);
        let open = limiter.lock();
        assert_eq!((open.total, open.by_address.len(), open.by_user.len()), (0, 0, 0));
    }

    #[test]
    fn the_total_limit_applies_without_limits_by_client() {
        let limits =
            StreamLimits { total: 3, per_address: 1, per_user: 1, ..StreamLimits::default() };
        let limiter = StreamLimiter::new(limits, false);
        let _permits = [1, 1, 1].map(|host| limiter.acquire(address(host), user(1)).unwrap());
        assert_eq!(refusal(&limiter, 1, user(1)).code, ErrorCode::Overloaded);
    }
}
