//! How often a client may ask: by address, and by user where somebody is signed in.
//!
//! Each process counts for itself and forgets when it ends: of several behind a balancer, each allows as much. What must
//! not be guessed is counted in the database besides (`service/src/throttle.rs`).

use std::{convert::Infallible, net::IpAddr, num::NonZeroU32, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::Method,
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

use super::{path, refusal::Refusal};

/// Callers that each limit keeps in mind; of more, those that ask least are forgotten. A few megabytes.
const CALLERS: usize = 50_000;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// To see something.
    Read,
    /// To change something. Server functions that only read are sent in the same way and count as well.
    Write,
    /// To prove who one is, or to become somebody.
    Credentials,
}

/// So many at once, and one more after each pause.
#[derive(Clone, Copy)]
struct Allowance {
    burst: u32,
    pause: Duration,
}

const fn allow(burst: u32, pause_ms: u64) -> Allowance {
    Allowance { burst, pause: Duration::from_millis(pause_ms) }
}

/// Of one address: a school may have only one.
const fn of_an_address(kind: Kind) -> Allowance {
    match kind {
        Kind::Read => allow(1_000, 10),        // 100 a second
        Kind::Write => allow(300, 50),         // 20 a second
        Kind::Credentials => allow(20, 6_000), // 10 a minute
    }
}

/// Of one user, wherever they are.
const fn of_a_user(kind: Kind) -> Allowance {
    match kind {
        Kind::Read => allow(300, 50),          // 20 a second
        Kind::Write => allow(60, 500),         // 2 a second
        Kind::Credentials => allow(10, 6_000), // 10 a minute
    }
}

/// Words in the last part of a path behind which credentials are checked, made or changed.
const CREDENTIALS: [&str; 7] =
    ["login", "log_in", "signup", "sign_up", "password", "reset", "delete_account"];

impl Kind {
    fn of(method: &Method, path: &str) -> Self {
        if method.is_safe() {
            return Self::Read;
        }
        let name = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        let is_credentials = CREDENTIALS.iter().any(|word| name.contains(word));
        // What only shows such a form is called like its page.
        if is_credentials && !matches!(path, "/fn/login" | "/fn/signup") {
            Self::Credentials
        } else {
            Self::Write
        }
    }
}

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
    pub(crate) fn new(is_on: bool) -> Self {
        let both = || {
            Arc::new(Both { address: Limiters::new(of_an_address), user: Limiters::new(of_a_user) })
        };
        Self(is_on.then(both))
    }
}

impl Limiters {
    fn new(allowance: impl Fn(Kind) -> Allowance) -> Self {
        let limiter = |kind| {
            let Allowance { burst, pause } = allowance(kind);
            let burst = NonZeroU32::new(burst).expect("an allowance of something");
            let quota = Quota::with_period(pause).expect("a pause").allow_burst(burst);
            RateLimiter::new(quota, Store(Cache::new(CALLERS)), MonotonicClock)
        };
        Self {
            read: limiter(Kind::Read),
            write: limiter(Kind::Write),
            credentials: limiter(Kind::Credentials),
        }
    }

    /// Counts one more.
    fn check(&self, kind: Kind, caller: Caller) -> Result<(), PublicError> {
        let limiter = match kind {
            Kind::Read => &self.read,
            Kind::Write => &self.write,
            Kind::Credentials => &self.credentials,
        };
        limiter.check_key(&caller).map_err(|not_until| {
            let wait = not_until.wait_time_from(limiter.clock().now());
            let seconds = u32::try_from(wait.as_secs()).unwrap_or(u32::MAX).saturating_add(1);
            let what = match kind {
                Kind::Credentials => "Too many attempts",
                Kind::Read | Kind::Write => "Too many requests",
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
    let kind = Kind::of(request.method(), path(&request));
    match limits.address.check(kind, Caller::Address(address.network())) {
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
    let kind = Kind::of(request.method(), path(&request));
    match limits.user.check(kind, Caller::User(user)) {
        Ok(()) => next.run(request).await,
        Err(error) => Refusal::of(path(&request), request.headers()).because(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_asked_for_is_told_by_method_and_path() {
        for (method, path, expected) in [
            (Method::GET, "/auth/login", Kind::Read),
            (Method::POST, "/fn/login", Kind::Write),
            (Method::POST, "/fn/log_in", Kind::Credentials),
            (Method::POST, "/api/auth/signup", Kind::Credentials),
            (Method::POST, "/api/auth/login/", Kind::Credentials),
            (Method::POST, "/api/auth/password", Kind::Credentials),
            (Method::POST, "/fn/request_password_reset", Kind::Credentials),
            (Method::POST, "/api/auth/refresh", Kind::Write),
            (Method::DELETE, "/api/competitions/1/register", Kind::Write),
        ] {
            assert_eq!(Kind::of(&method, path), expected, "{method} {path}");
        }
    }

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
