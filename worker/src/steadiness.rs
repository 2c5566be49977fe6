//! Deciding whether the worker of an expired lease is gone.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::Timestamp;
use tokio::time::Instant;

/// Three heartbeats: the time in which every live worker extends its leases after an outage of the
/// database, a change of its clock or the start of this process.
const SETTLED: Duration = Duration::from_secs(15);
/// The most that a clock gains or loses between two checks unless it is set.
const STEP: Duration = Duration::from_secs(2);

/// The time since which the database has answered and its clock has run as fast as ours. Just after
/// a disturbance of either, a live worker may have an expired lease: it could not extend the lease,
/// or another clock wrote it. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Steadiness(Arc<Mutex<State>>);

struct State {
    since: Instant,
    /// The last check: our time and the time of the database's clock.
    last: Option<(Instant, Timestamp)>,
}

/// The result of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// The worker of an expired lease is gone.
    Steady,
    /// The worker of an expired lease may be alive.
    Unsteady,
    /// The clock was set since the last check.
    ClockSet,
}

impl Steadiness {
    pub(crate) fn begin() -> Self {
        Self(Arc::new(Mutex::new(State { since: Instant::now(), last: None })))
    }

    /// Records that the database did not answer.
    pub(crate) fn disturb(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).since = Instant::now();
    }

    /// Compares `shown`, the time of the database's clock, with the last check.
    pub(crate) fn check(&self, shown: Timestamp) -> Check {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let was_set = state.last.replace((now, shown)).is_some_and(|(then, before)| {
            let expected = before.utc() + (now - then);
            (shown.utc() - expected).abs().to_std().is_ok_and(|step| step > STEP)
        });
        if was_set {
            state.since = now;
            Check::ClockSet
        } else if now - state.since < SETTLED {
            Check::Unsteady
        } else {
            Check::Steady
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use tokio::time::advance;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        let noon: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        (noon.utc() + TimeDelta::seconds(seconds)).into()
    }

    #[tokio::test(start_paused = true)]
    async fn leases_are_trusted_after_three_heartbeats_without_a_disturbance() {
        let steadiness = Steadiness::begin();
        assert_eq!(steadiness.check(at(0)), Check::Unsteady, "just started");
        advance(SETTLED).await;
        assert_eq!(steadiness.check(at(15)), Check::Steady);
        steadiness.disturb();
        assert_eq!(steadiness.check(at(15)), Check::Unsteady, "the database was away");
        advance(SETTLED).await;
        assert_eq!(steadiness.check(at(30)), Check::Steady);
    }

    #[tokio::test(start_paused = true)]
    async fn leases_are_not_trusted_for_three_heartbeats_after_the_clock_was_set() {
        for step in [3_600, -3_600, 3, -3] {
            let steadiness = Steadiness::begin();
            advance(SETTLED).await;
            assert_eq!(steadiness.check(at(0)), Check::Steady);
            advance(Duration::from_secs(10)).await;
            assert_eq!(steadiness.check(at(10 + step)), Check::ClockSet, "{step}");
            advance(SETTLED / 2).await;
            assert_eq!(steadiness.check(at(17 + step)), Check::Unsteady, "{step}");
            advance(SETTLED).await;
            assert_eq!(steadiness.check(at(32 + step)), Check::Steady, "{step}");
        }
    }
}
