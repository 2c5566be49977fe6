//! When a delivery is attempted again, and when a webhook is given up.

use chrono::TimeDelta;
use sea_orm::prelude::DateTimeUtc;

/// Pauses after each failed attempt, as the Standard Webhooks specification recommends. The eighth
/// attempt is the last, 27.6 h after the first.
const PAUSES: [TimeDelta; 7] = [
    TimeDelta::seconds(5),
    TimeDelta::minutes(5),
    TimeDelta::minutes(30),
    TimeDelta::hours(2),
    TimeDelta::hours(5),
    TimeDelta::hours(10),
    TimeDelta::hours(10),
];
/// How long nothing at all is sent to a receiver that does not answer, after its first failure and
/// those that follow. So a receiver that times out takes little of the worker's time.
const REST: [TimeDelta; 3] = [TimeDelta::seconds(5), TimeDelta::minutes(5), TimeDelta::minutes(30)];
/// A webhook is disabled when every attempt of this time has failed …
pub(super) const GIVE_UP_AFTER: TimeDelta = TimeDelta::days(5);
/// … and there were at least so many rounds of them.
pub(super) const MIN_FAILURES: i32 = 8;

/// The pause after this number of failed attempts, up to a tenth longer; `None` after the last.
pub(super) fn pause_after(attempts: i32) -> Option<TimeDelta> {
    let index = usize::try_from(attempts - 1).unwrap_or_default();
    PAUSES.get(index).copied().map(with_jitter)
}

/// When the last attempt of a delivery is due that was first attempted at this time, without the
/// jitter. No receiver postpones a request beyond it.
pub(super) fn end_after(first_attempt: DateTimeUtc) -> DateTimeUtc {
    first_attempt + PAUSES.iter().sum::<TimeDelta>()
}

/// The time of the next request, which the receiver may have postponed: never before `scheduled`,
/// and no later than `end` because of the receiver.
pub(super) fn postponed(
    scheduled: DateTimeUtc,
    asked: Option<DateTimeUtc>,
    end: DateTimeUtc,
) -> DateTimeUtc {
    asked.map_or(scheduled, |asked| scheduled.max(asked.min(end)))
}

/// The rest of a receiver after this number of failed rounds.
pub(super) fn rest_after(failures: i32) -> TimeDelta {
    let index = usize::try_from(failures - 1).unwrap_or_default();
    REST[index.min(REST.len() - 1)]
}

/// Spreads the deliveries that failed together.
fn with_jitter(pause: TimeDelta) -> TimeDelta {
    pause + TimeDelta::milliseconds(fastrand::i64(0..=pause.num_milliseconds() / 10))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_are_spread_over_a_day() {
        let pauses: Vec<_> = (1..=9).map_while(pause_after).collect();
        assert_eq!(pauses.len(), PAUSES.len());
        for (pause, shortest) in pauses.into_iter().zip(PAUSES) {
            assert!((shortest..=shortest * 11 / 10).contains(&pause), "{pause} after {shortest}");
        }
        let shortest = PAUSES.iter().sum::<TimeDelta>();
        assert!((TimeDelta::hours(24)..=TimeDelta::hours(28)).contains(&shortest), "{shortest}");
    }

    #[test]
    fn a_receiver_postpones_requests_within_the_schedule_only() {
        let now = DateTimeUtc::UNIX_EPOCH;
        let after = |hours| now + TimeDelta::hours(hours);
        let end = end_after(now);
        assert!((after(24)..after(30)).contains(&end), "{end}");
        assert_eq!(postponed(after(2), None, end), after(2));
        assert_eq!(postponed(after(2), Some(after(1)), end), after(2), "before the schedule");
        assert_eq!(postponed(after(2), Some(after(3)), end), after(3));
        assert_eq!(postponed(after(2), Some(after(500)), end), end);
        // Late attempts go on as scheduled.
        assert_eq!(postponed(after(40), Some(after(500)), end), after(40));
    }

    #[test]
    fn a_silent_receiver_rests_for_half_an_hour_at_most() {
        assert_eq!(rest_after(0), TimeDelta::seconds(5));
        assert_eq!(rest_after(2), TimeDelta::minutes(5));
        assert_eq!(rest_after(1_000), TimeDelta::minutes(30));
    }
}
