//! How many logins may fail.

use std::time::Duration;

/// How many logins may fail within 15 minutes, and what follows then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LoginLimits {
    /// Failures of one account, from 1 on; further logins are refused until the 15 minutes are
    /// over.
    pub per_account: u32,
    /// Failures that may come from one address before it is answered late. Logins under way count
    /// as well, so it has to be above what a full room does at once.
    pub per_address: u32,
    /// How much later each further one is answered than the one before.
    pub delay_step: Duration,
    /// The longest delay.
    pub longest_delay: Duration,
    /// Delayed logins of one address that may wait in one process; further ones are told to come
    /// back after the delay.
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
    /// How late a login is answered from an address with so many failures, itself among them.
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
