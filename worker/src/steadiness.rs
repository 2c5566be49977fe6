//! Whether an expired lease means that its worker is gone.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::Timestamp;
use tokio::time::Instant;

/// So long after a database outage, a change of its clock or the start of this process, every live
/// worker has extended its leases: three heartbeats.
const SETTLED: Duration = Duration::from_secs(15);
/// What a clock may gain or lose between two checks without having been set.
const STEP: Duration = Duration::from_secs(2);

/// Since when the database has answered and its clock has run as fast as ours. After a disturbance
/// of either, an expired lease says nothing of its worker: no worker could extend it, or it was
/// written by another clock. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Steadiness(Arc<Mutex<State>>);

struct State {
    since: Instant,
    /// The last check: our time, and the time that the clock showed.
    last: Option<(Instant, Timestamp)>,
}

/// What a check has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Check {
    /// The worker of an expired lease is gone.
    Steady,
    /// It may be alive.
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

    /// Compares the time that the clock shows with the last check.
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
