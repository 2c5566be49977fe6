//! How often a client may ask: by address, and by user where somebody is signed in.
//!
//! One address may be a school, a hall or a campus: what it may do is far above what a room of 400
//! does in its first minute, and only keeps one address from taking the whole server. Who guesses
//! passwords is slowed down elsewhere, by account first (`service/src/throttle.rs`).
//!
//! Each process counts for itself and forgets when it ends: of several behind a balancer, each allows as much. What must
//! not be guessed is counted in the database besides (`service/src/throttle.rs`).

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

use super::{RateClass, RateClasses, path, refusal::Refusal};
use crate::{Allowance, TrafficOptions};

/// Callers that each limit keeps in mind; of more, those that ask least are forgotten. A few megabytes.
const CALLERS: usize = 50_000;

/// Who asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Caller {
    Address(IpAddr),
    User(UserId),
}

/// Limits on how often a client may ask; none where they are off.
#[derive(Clone, Debug)]
pub(crate) struct RateLimits(Option<Arc<Both>>);

#[derive(Debug)]
struct Both {
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

type Limiter = RateLimiter<Caller, Store, MonotonicClock>;

/// What is known of so many callers, and no more.
#[derive(Debug)]
struct Store(Cache<Caller, Arc<InMemoryState>>);

impl StateStore for Store {
    type Key = Caller;

    fn measure_and_replace<T, F, E>(&self, caller: &Caller, decide: F) -> Result<T, E>
    where
        F: Fn(Option<Nanos>) -> Result<(T, Nanos), E>,
    {
        let fresh = || Ok::<_, Infallible>(Arc::default());
        let Ok(state) = self.0.get_or_insert_with(caller, fresh);
        state.measure_and_replace(&NotKeyed::NonKey, decide)
    }
}

impl RateLimits {
    pub(crate) fn new(is_on: bool, options: &TrafficOptions, classes: RateClasses) -> Self {
        let both = || {
            let address = Limiters {
                read: limiter(options.rate_limit_reads),
                write: limiter(options.rate_limit_writes),
                credentials: limiter(options.rate_limit_credentials),
            };
            let user = Limiters {
                read: limiter(options.rate_limit_user_reads),
                write: limiter(options.rate_limit_user_writes),
                credentials: limiter(options.rate_limit_user_credentials),
            };
            Arc::new(Both { classes, address, user })
        };
        Self(is_on.then(both))
    }
}

fn limiter(Allowance { burst, per_minute }: Allowance) -> Limiter {
    let quota = Quota::with_period(Duration::from_secs(60) / per_minute.get());
    let quota = quota.unwrap_or_else(|| Quota::per_second(per_minute)).allow_burst(burst);
    RateLimiter::new(quota, Store(Cache::new(CALLERS)), MonotonicClock)
}

impl Limiters {
    /// Counts one more.
    fn check(&self, class: RateClass, caller: Caller) -> Result<(), PublicError> {
        let limiter = match class {
            RateClass::Read => &self.read,
            RateClass::Write => &self.write,
            RateClass::Credentials => &self.credentials,
        };
        limiter.check_key(&caller).map_err(|not_until| {
            let wait = not_until.wait_time_from(limiter.clock().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
            let what = match class {
                RateClass::Credentials => "Too many attempts",
                RateClass::Read | RateClass::Write => "Too many requests",
            };
            PublicError::rate_limited(what, seconds)
        })
    }
}

/// Refuses an address that asks too often.
pub(crate) async fn by_address(
    State(limits): State<RateLimits>,
    request: Request,
    next: Next,
) -> Response {
    let Some(limits) = &limits.0 else { return next.run(request).await };
    let address = request.extensions().get().copied().unwrap_or(ClientAddress::UNKNOWN);
    let class = limits.classes.of(&request);
    match limits.address.check(class, Caller::Address(address.network())) {
        Ok(()) => next.run(request).await,
        Err(error) => Refusal::of(path(&request), request.headers()).because(error),
    }
}

/// Refuses a user who asks too often.
pub(crate) async fn by_user(
    State(limits): State<RateLimits>,
    request: Request,
    next: Next,
) -> Response {
    let user = request.extensions().get::<Actor>().and_then(Actor::try_user).map(|user| user.id);
    let (Some(limits), Some(user)) = (&limits.0, user) else { return next.run(request).await };
    let class = limits.classes.of(&request);
    match limits.user.check(class, Caller::User(user)) {
        Ok(()) => next.run(request).await,
        Err(error) => Refusal::of(path(&request), request.headers()).because(error),
    }
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroU32;

    use super::*;

    #[test]
    fn the_memory_of_callers_is_bounded() {
        let store = Store(Cache::new(10));
        let quota = Quota::per_hour(NonZeroU32::MIN);
        let limiter: Limiter = RateLimiter::new(quota, store, MonotonicClock);
        for number in 0..1_000_u32 {
            let caller = Caller::Address(IpAddr::from(number.to_be_bytes()));
            assert!(limiter.check_key(&caller).is_ok());
            assert!(limiter.check_key(&caller).is_err());
        }
        assert!(limiter.into_state_store().0.len() <= 10);
    }
}
