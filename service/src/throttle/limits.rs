//! Limits on failed logins.

use std::time::Duration;

use chrono::TimeDelta;

/// Limits on failed logins within 15 minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginLimits {
    /// Failures of one account, at least 1; further logins are refused until the 15 minutes are
    /// over.
    pub per_account: u32,
    /// Failures from one address, after which its logins are delayed. Logins in progress count as
    /// failures, so the limit has to exceed the concurrent logins of a full room.
    pub per_address: u32,
    /// The difference between the delays of one login and the next.
    pub delay_step: Duration,
    /// The longest delay.
    pub longest_delay: Duration,
    /// Delayed logins of one address that may wait in one process; further ones are refused with a
    /// `Retry-After` of the delay.
    pub max_delayed: usize,
}

impl Default for LoginLimits {
    fn default() -> Self {
        Self {
            per_account: 10,
            per_address: 1_000,
            delay_step: Duration::from_millis(100),
            longest_delay: Duration::from_secs(10),
            max_delayed: 8,
        }
    }
}

impl LoginLimits {
    /// How long failures count, from the first one.
    pub const WINDOW: TimeDelta = TimeDelta::minutes(15);

    /// The delay of a login from an address with `failures` failures, including this login.
    pub(super) fn delay(&self, failures: i32) -> Duration {
        let excess = u32::try_from(failures).unwrap_or(0).saturating_sub(self.per_address);
        self.delay_step.saturating_mul(excess).min(self.longest_delay)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_delay_grows_with_each_failure_up_to_the_longest() {
        let limits = LoginLimits::default();
        for (failures, expected) in [(-1, 0), (0, 0), (1_000, 0), (1_001, 100), (1_010, 1_000)] {
            assert_eq!(limits.delay(failures), Duration::from_millis(expected), "{failures}");
        }
        for failures in [1_100, 2_000, i32::MAX] {
            assert_eq!(limits.delay(failures), limits.longest_delay, "{failures}");
        }
    }
}
