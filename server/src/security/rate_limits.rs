//! Rate limits by client address, and by user for requests that are logged in.
//!
//! A school or a campus may share one address. Its limits are far above what a room of 400 people
//! needs in its first minute; they only keep one address from taking the whole server.
//! `service/src/throttle.rs` slows down password guessing, by account.
//!
//! Each process counts in memory, so several servers behind a load balancer allow as many times the
//! rate. Attempts at secrets are also counted in the database (`service/src/throttle.rs`).

use std::{convert::Infallible, net::IpAddr, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};
use domain::{PublicError, UserId};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, MonotonicClock},
    nanos::Nanos,
    state::{InMemoryState, NotKeyed, StateStore},
};
use quick_cache::sync::Cache;
use service::{Actor, ClientAddress};

use super::{Allowance, Allowances, RateClass, RateClasses, rejection::Rejection};

/// Clients that each limiter remembers, in a few megabytes. Beyond that the least active are
/// evicted.
const MAX_CLIENTS: usize = 50_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Client {
    Address(IpAddr),
    User(UserId),
}

/// The rate limits; none when they are off. Cheap to clone.
#[derive(Clone, Debug)]
pub(crate) struct RateLimits(Option<Arc<Inner>>);

#[derive(Debug)]
struct Inner {
    classes: RateClasses,
    address: Limiters,
    user: Limiters,
}

#[derive(Debug)]
struct Limiters {
    read: Limiter,
    write: Limiter,
    credentials: Limiter,
}

type Limiter = RateLimiter<Client, Store, MonotonicClock>;

/// A bounded store of the state of each client.
#[derive(Debug)]
struct Store(Cache<Client, Arc<InMemoryState>>);

impl StateStore for Store {
    type Key = Client;

    fn measure_and_replace<T, F, E>(&self, client: &Client, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let fresh = || Ok::<_, Infallible>(Arc::default());
        let Ok(state) = self.0.get_or_insert_with(client, fresh);
        state.measure_and_replace(&NotKeyed::NonKey, decide)
    }
}

impl RateLimits {
    pub(crate) fn new(address: Allowances, user: Allowances, classes: RateClasses) -> Self {
        let (address, user) = (Limiters::new(address), Limiters::new(user));
        Self(Some(Arc::new(Inner { classes, address, user })))
    }

    pub(crate) fn off() -> Self {
        Self(None)
    }
}

fn limiter(Allowance { burst, per_minute }: Allowance) -> Limiter {
    let quota = Quota::with_period(Duration::from_secs(60) / per_minute.get());
    let quota = quota.unwrap_or_else(|| Quota::per_second(per_minute)).allow_burst(burst);
    RateLimiter::new(quota, Store(Cache::new(MAX_CLIENTS)), MonotonicClock)
}

impl Limiters {
    fn new(allowances: Allowances) -> Self {
        Self {
            read: limiter(allowances.read),
            write: limiter(allowances.write),
            credentials: limiter(allowances.credentials),
        }
    }

    /// Counts a request; an error when the client has exceeded its limit.
    fn check(&self, class: RateClass, client: Client) -> Result<(), PublicError> {
        let limiter = match class {
            RateClass::Read => &self.read,
            RateClass::Write => &self.write,
            RateClass::Credentials => &self.credentials,
        };
        limiter.check_key(&client).map_err(|not_until| {
            let wait = not_until.wait_time_from(limiter.clock().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
            let message = match class {
                RateClass::Credentials => "Too many attempts",
                RateClass::Read | RateClass::Write => "Too many requests",
            };
            PublicError::rate_limited(message, seconds)
        })
    }
}

/// Rejects requests of an address above its limit.
pub(crate) async fn limit_by_address(
    State(limits): State<RateLimits>,
    request: Request,
    next: Next,
) -> Response {
    let Some(limits) = &limits.0 else { return next.run(request).await };
    let address = request.extensions().get().copied().unwrap_or(ClientAddress::UNKNOWN);
    let class = limits.classes.of(&request);
    match limits.address.check(class, Client::Address(address.network())) {
        Ok(()) => next.run(request).await,
        Err(error) => Rejection::of(&request).because(error),
    }
}

/// Rejects requests of a user above their limit.
pub(crate) async fn limit_by_user(
    State(limits): State<RateLimits>,
    request: Request,
    next: Next,
) -> Response {
    let user = request.extensions().get::<Actor>().and_then(Actor::try_user).map(|user| user.id);
    let (Some(limits), Some(user)) = (&limits.0, user) else { return next.run(request).await };
    let class = limits.classes.of(&request);
    match limits.user.check(class, Client::User(user)) {
        Ok(()) => next.run(request).await,
        Err(error) => Rejection::of(&request).because(error),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[test]
    fn the_number_of_remembered_clients_is_bounded() {
        let store = Store(Cache::new(10));
        let quota = Quota::per_hour(NonZeroU32::MIN);
        let limiter: Limiter = RateLimiter::new(quota, store, MonotonicClock);
        for number in 0..1_000_u32 {
            let client = Client::Address(IpAddr::from(number.to_be_bytes()));
            assert!(limiter.check_key(&client).is_ok());
            assert!(limiter.check_key(&client).is_err());
        }
        assert!(limiter.into_state_store().0.len() <= 10);
    }
}
