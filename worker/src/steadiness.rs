//! Whether it can be told from a lease that its worker is gone.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::Timestamp;
use tokio::time::Instant;

/// So long after the database was away, its clock was set or this process started, workers that are
/// alive have extended their leases: three heartbeats.
const SETTLED: Duration = Duration::from_secs(15);
/// What a clock may gain or lose between two looks without having been set.
const STEP: Duration = Duration::from_secs(2);

/// How long the database has answered and its clock has run like ours. A lease says nothing of its
/// worker after either was disturbed: nobody could extend it, or it was given by another time.
/// Cheap to clone.
#[derive(Clone)]
pub(crate) struct Steadiness(Arc<Mutex<State>>);

struct State {
    since: Instant,
    /// When the clock was looked at, and what it showed.
    last: Option<(Instant, Timestamp)>,
}

/// What a look at the clock has shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Look {
    /// An expired lease is that of a worker that is gone.
    Steady,
    /// It may not be.
    Unsteady,
    /// The clock was set since the last look.
    ClockSet,
}

impl Steadiness {
    pub(crate) fn begin() -> Self {
        Self(Arc::new(Mutex::new(State { since: Instant::now(), last: None })))
    }

    /// Notes that the database did not answer.
    pub(crate) fn disturb(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).since = Instant::now();
    }

    /// Takes note of what the clock shows now.
    pub(crate) fn look(&self, shown: Timestamp) -> Look {
        let mut state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        let was_set = state.last.replace((now, shown)).is_some_and(|(then, before)| {
            let expected = before.utc() + (now - then);
            (shown.utc() - expected).abs().to_std().is_ok_and(|step| step > STEP)
        });
        if was_set {
            state.since = now;
            Look::ClockSet
        } else if now - state.since < SETTLED {
            Look::Unsteady
        } else {
            Look::Steady
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
    async fn leases_count_after_three_heartbeats_without_trouble() {
        let steadiness = Steadiness::begin();
        assert_eq!(steadiness.look(at(0)), Look::Unsteady, "just started");
        advance(SETTLED).await;
        assert_eq!(steadiness.look(at(15)), Look::Steady);
        steadiness.disturb();
        assert_eq!(steadiness.look(at(15)), Look::Unsteady, "the database was away");
        advance(SETTLED).await;
        assert_eq!(steadiness.look(at(30)), Look::Steady);
    }

    #[tokio::test(start_paused = true)]
    async fn leases_do_not_count_while_a_clock_that_was_set_is_news_to_others() {
        for step in [3_600, -3_600, 3, -3] {
            let steadiness = Steadiness::begin();
            advance(SETTLED).await;
            assert_eq!(steadiness.look(at(0)), Look::Steady);
            advance(Duration::from_secs(10)).await;
            assert_eq!(steadiness.look(at(10 + step)), Look::ClockSet, "{step}");
            advance(SETTLED / 2).await;
            assert_eq!(steadiness.look(at(17 + step)), Look::Unsteady, "{step}");
            advance(SETTLED).await;
            assert_eq!(steadiness.look(at(32 + step)), Look::Steady, "{step}");
        }
    }
}
