//! The headers `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers), so that a
//! client can slow down before it is refused.
//!
//! An allowance is a burst that is replenished at a rate. As a policy it is a quota `q` of the
//! whole burst, and a window `w` of the seconds in which an empty burst is replenished. `RateLimit`
//! names the policy with the fewest requests left: `r` of them, and `t` seconds until the quota is
//! whole again. In a 429 `r` is 0, and `t` is `Retry-After`, after which one request is left.

use axum::http::{HeaderMap, HeaderName, HeaderValue};

use super::{Allowance, Allowances, RateClass};

pub(crate) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
pub(crate) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// What a client has left of an allowance, after the request that was counted last.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Remaining {
    /// The name of the policy.
    pub(super) policy: &'static str,
    /// Requests.
    pub(super) requests: u32,
    /// Seconds until there are more: all of them, or one if there are none.
    pub(super) reset: u32,
}

impl Remaining {
    /// Of two allowances, the one that is used up first.
    pub(super) fn tighter(self, other: Self) -> Self {
        let order = |remaining: &Self| (remaining.requests, u32::MAX - remaining.reset);
        if order(&other) < order(&self) { other } else { self }
    }

    fn header(self) -> HeaderValue {
        let Self { policy, requests, reset } = self;
        let value = format!("\"{policy}\";r={requests};t={reset}");
        HeaderValue::try_from(value).expect("names and numbers")
    }
}

impl Allowance {
    /// Seconds in which `requests` requests are replenished, rounded up.
    pub(super) fn seconds_for(self, requests: u32) -> u32 {
        let seconds = (u64::from(requests) * 60).div_ceil(self.per_minute.get().into());
        u32::try_from(seconds).unwrap_or(u32::MAX)
    }

    /// The member of `RateLimit-Policy`.
    fn policy(self, name: &str) -> String {
        let burst = self.burst.get();
        format!("\"{name}\";q={burst};w={}", self.seconds_for(burst))
    }
}

/// The policies of each rate limit class.
#[derive(Debug)]
pub(super) struct Policies([ClassPolicies; 3]);

#[derive(Debug)]
struct ClassPolicies {
    of_address: HeaderValue,
    of_address_and_user: HeaderValue,
}

impl Policies {
    pub(super) fn new(address: &Allowances, user: &Allowances) -> Self {
        Self(RateClass::ALL.map(|class| {
            let of_address = address.of(class).policy(class.name_by_address());
            let of_user = user.of(class).policy(class.name_by_user());
            let header = |text: String| HeaderValue::try_from(text).expect("names and numbers");
            ClassPolicies {
                of_address_and_user: header(format!("{of_address}, {of_user}")),
                of_address: header(of_address),
            }
        }))
    }

    /// Adds the headers to a response to a request that was counted for its address, and for its
    /// user if there is one.
    pub(super) fn add(
        &self,
        headers: &mut HeaderMap,
        class: RateClass,
        address: Remaining,
        user: Option<Remaining>,
    ) {
        let policies = &self.0[class as usize];
        let (policy, remaining) = match user {
            Some(user) => (&policies.of_address_and_user, address.tighter(user)),
            None => (&policies.of_address, address),
        };
        headers.insert(RATE_LIMIT_POLICY, policy.clone());
        headers.insert(RATE_LIMIT, remaining.header());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_allowance_that_is_used_up_first_is_the_tighter_one() {
        let remaining = |requests, reset| Remaining { policy: "reads", requests, reset };
        let (few, many) = (remaining(3, 1), remaining(4, 9));
        assert_eq!((few.tighter(many), many.tighter(few)), (few, few));
        // The longer wait, of two that are used up.
        let longer = remaining(3, 2);
        assert_eq!((few.tighter(longer), longer.tighter(few)), (longer, longer));
        assert_eq!(remaining(42, 12).header(), "\"reads\";r=42;t=12");
    }

    #[test]
    fn a_window_is_the_time_in_which_a_burst_is_replenished() {
        for (burst, per_minute, policy) in [
            (600, 1_200, "\"reads\";q=600;w=30"),
            (20, 10, "\"reads\";q=20;w=120"),
            (1, 12_000, "\"reads\";q=1;w=1"),
            (u32::MAX, 1, "\"reads\";q=4294967295;w=4294967295"),
        ] {
            assert_eq!(Allowance::new(burst, per_minute).policy("reads"), policy);
        }
    }
}
