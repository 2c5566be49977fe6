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
    http::HeaderMap,
    middleware::Next,
    response::Response,
};
use domain::{PublicError, UserId};
use governor::{
    Quota, RateLimiter,
    clock::{Clock, MonotonicClock},
    middleware::StateInformationMiddleware,
    nanos::Nanos,
    state::{InMemoryState, NotKeyed, StateStore},
};
use quick_cache::sync::Cache;
use service::{Actor, ClientAddress};

use super::{
    Allowance, Allowances, RateClass, RateClasses,
    rate_limit_headers::{Policies, Remaining},
    rejection::Rejection,
};
use crate::{error_format::ErrorFormat, is_shared::IsShared};

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
    policies: Policies,
    address: Limiters,
    user: Limiters,
}

/// The limiter of each rate limit class.
#[derive(Debug)]
struct Limiters([Limiter; 3]);

#[derive(Debug)]
struct Limiter {
    policy: &'static str,
    allowance: Allowance,
    counter: Counter,
}

type Counter = RateLimiter<Client, Store, MonotonicClock, StateInformationMiddleware>;

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
        let policies = Policies::new(&address, &user);
        let address = Limiters::new(address, RateClass::name_by_address);
        let user = Limiters::new(user, RateClass::name_by_user);
        Self(Some(Arc::new(Inner { classes, policies, address, user })))
    }

    pub(crate) fn off() -> Self {
        Self(None)
    }

    /// Counts a read whose response is shared, in place of [`limit_by_address`]; `None` when its
    /// address has exceeded its limit.
    pub(crate) fn count_read(&self, address: ClientAddress) -> Option<Counted> {
        let Some(limits) = &self.0 else { return Some(Counted(None)) };
        let client = Client::Address(address.network());
        let remaining = limits.address.check(RateClass::Read, client).ok()?;
        Some(Counted(Some(remaining)))
    }

    /// Tells an API client what it has left after a read.
    pub(crate) fn add_headers(&self, headers: &mut HeaderMap, Counted(remaining): Counted) {
        if let (Some(limits), Some(remaining)) = (&self.0, remaining) {
            limits.policies.add(headers, RateClass::Read, remaining, None);
        }
    }
}

/// A read that was counted, and what is left of the allowance.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counted(Option<Remaining>);

impl Limiters {
    fn new(allowances: Allowances, name: impl Fn(RateClass) -> &'static str) -> Self {
        Self(RateClass::ALL.map(|class| Limiter::new(name(class), allowances.of(class))))
    }

    /// Counts a request; an error when the client has exceeded its limit.
    fn check(&self, class: RateClass, client: Client) -> Result<Remaining, Exceeded> {
        self.0[class as usize].check(client).map_err(|remaining| {
            let message = match class {
                RateClass::Credentials => "Too many attempts",
                RateClass::Read | RateClass::Write => "Too many requests",
            };
            let error = PublicError::rate_limited(message, remaining.reset);
            Exceeded { error: Box::new(error), remaining }
        })
    }
}

/// Why a request is refused, and when its client may send the next.
struct Exceeded {
    error: Box<PublicError>,
    remaining: Remaining,
}

impl Limiter {
    fn new(policy: &'static str, allowance: Allowance) -> Self {
        let Allowance { burst, per_minute } = allowance;
        let quota = Quota::with_period(Duration::from_secs(60) / per_minute.get());
        let quota = quota.unwrap_or_else(|| Quota::per_second(per_minute)).allow_burst(burst);
        let counter = RateLimiter::new(quota, Store(Cache::new(MAX_CLIENTS)), MonotonicClock);
        Self { policy, allowance, counter }
    }

    /// Counts a request. What is left, as an error if this request was too many.
    fn check(&self, client: Client) -> Result<Remaining, Remaining> {
        let policy = self.policy;
        match self.counter.check_key(&client) {
            Ok(state) => {
                let requests = state.remaining_burst_capacity();
                let used = self.allowance.burst.get().saturating_sub(requests);
                let reset = self.allowance.seconds_for(used);
                Ok(Remaining { policy, requests, reset })
            }
            Err(not_until) => {
                let wait = not_until.wait_time_from(self.counter.clock().now());
                let reset = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
                Err(Remaining { policy, requests: 0, reset })
            }
        }
    }
}

/// Rejects requests of an address above its limit, and tells API clients what they have left.
pub(crate) async fn limit_by_address(
    State(limits): State<RateLimits>,
    request: Request,
    next: Next,
) -> Response {
    let is_counted = request.extensions().get::<IsShared>().is_some();
    let Some(limits) = limits.0.filter(|_| !is_counted) else { return next.run(request).await };
    let address = request.extensions().get().copied().unwrap_or(ClientAddress::UNKNOWN);
    let class = limits.classes.of(&request);
    let is_api = ErrorFormat::is_api(&request);
    let (mut response, remaining) = match limits
        .address
        .check(class, Client::Address(address.network()))
    {
        Ok(remaining) => (next.run(request).await, remaining),
        Err(Exceeded { error, remaining }) => (Rejection::of(&request).because(*error), remaining),
    };
    if is_api {
        let of_user = response.extensions().get().copied();
        limits.policies.add(response.headers_mut(), class, remaining, of_user);
    }
    response
}

/// Rejects requests of a user above their limit. What the user has left becomes an extension of the
/// response, for [`limit_by_address`].
pub(crate) async fn limit_by_user(
    State(limits): State<RateLimits>,
    request: Request,
    next: Next,
) -> Response {
    let user = request.extensions().get::<Actor>().and_then(Actor::try_user).map(|user| user.id);
    let (Some(limits), Some(user)) = (&limits.0, user) else { return next.run(request).await };
    let class = limits.classes.of(&request);
    let (mut response, remaining) = match limits.user.check(class, Client::User(user)) {
        Ok(remaining) => (next.run(request).await, remaining),
        Err(Exceeded { error, remaining }) => (Rejection::of(&request).because(*error), remaining),
    };
    response.extensions_mut().insert(remaining);
    response
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[test]
    fn the_number_of_remembered_clients_is_bounded() {
        let store = Store(Cache::new(10));
        let quota = Quota::per_hour(NonZeroU32::MIN);
        let limiter: Counter = RateLimiter::new(quota, store, MonotonicClock);
        for number in 0..1_000_u32 {
            let client = Client::Address(IpAddr::from(number.to_be_bytes()));
            assert!(limiter.check_key(&client).is_ok());
            assert!(limiter.check_key(&client).is_err());
        }
        assert!(limiter.into_state_store().0.len() <= 10);
    }
}
