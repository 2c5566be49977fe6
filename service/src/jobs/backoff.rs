//! How long a job waits before it runs again.

use chrono::TimeDelta;

/// The pause after the first failure or postponement; each further one doubles it.
const FIRST_PAUSE_MS: i64 = 2_000;
/// How often failures double it: the longest pause is 17 minutes.
const MAX_DOUBLINGS: i32 = 9;
/// The longest pause after a postponement, ± 20 %.
const MAX_POSTPONEMENT_MS: i64 = 300_000;

/// The upper bound of all pauses.
pub(super) const LONGEST_PAUSE: TimeDelta =
    TimeDelta::milliseconds((FIRST_PAUSE_MS << MAX_DOUBLINGS) * 12 / 10);

/// 2 s, 4 s, 8 s … 17 min, ± 20 %.
pub(super) fn after_failure(failures: i32) -> TimeDelta {
    let doublings = (failures.max(1) - 1).min(MAX_DOUBLINGS);
    with_jitter(FIRST_PAUSE_MS << doublings)
}

/// 2 s, 4 s, 8 s … 5 min, ± 20 %.
pub(super) fn after_postponement(postponements: i32) -> TimeDelta {
    let doublings = postponements.clamp(1, 20) - 1;
    with_jitter(Ord::min(FIRST_PAUSE_MS << doublings, MAX_POSTPONEMENT_MS))
}

/// Spreads the retries of jobs that failed together.
fn with_jitter(pause: i64) -> TimeDelta {
    TimeDelta::milliseconds(fastrand::i64(pause * 8 / 10..=pause * 12 / 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn assert_within_a_fifth(pause: TimeDelta, seconds: f64) {
        let pause = pause.as_seconds_f64();
        assert!((seconds * 0.8..=seconds * 1.2).contains(&pause), "{pause} s, not {seconds} s");
    }

    #[test]
    fn pauses_after_failures_double_and_stay_within_a_fifth() {
        for (failures, seconds) in [(1, 2.0), (2, 4.0), (3, 8.0)] {
            assert_within_a_fifth(after_failure(failures), seconds);
        }
        assert!((0..1_000).all(|failures| after_failure(failures) <= LONGEST_PAUSE));
    }

    #[test]
    fn pauses_after_postponements_double_up_to_five_minutes_and_stay_within_a_fifth() {
        for (count, seconds) in [(1, 2.0), (2, 4.0), (5, 32.0), (9, 300.0), (1_000_000, 300.0)] {
            assert_within_a_fifth(after_postponement(count), seconds);
        }
        assert!((0..1_000).all(|count| after_postponement(count) <= LONGEST_PAUSE));
    }
}
