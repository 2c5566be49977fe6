//! How long sessions live.

use chrono::TimeDelta;
use domain::Timestamp;

use super::Holder;

/// A session without a user: as long as it takes to correct a form, or to set a password behind a
/// link.
const OF_A_VISITOR: TimeDelta = TimeDelta::minutes(30);
/// A session of a user that is not used for so long ends.
const UNUSED: TimeDelta = TimeDelta::days(14);
/// A session ends so long after its log-in, however often it is used: a copied cookie is not good
/// for ever.
const IN_ALL: TimeDelta = TimeDelta::days(90);
/// A session that is used is renewed once in so long, for each renewal is a write.
const RENEWED_EVERY: TimeDelta = TimeDelta::days(1);

/// When a session ends that is used at `now`.
pub(super) fn expiry(now: Timestamp, holder: Option<&Holder>) -> Timestamp {
    match holder {
        None => (now.utc() + OF_A_VISITOR).into(),
        Some(holder) => {
            let unused = now.utc() + UNUSED;
            unused.min(holder.logged_in_at.utc() + IN_ALL).into()
        }
    }
}

/// Whether a session of a user that would end at `expires_at` is to be renewed at `now`.
pub(super) fn is_due(now: Timestamp, expires_at: Timestamp, holder: Option<&Holder>) -> bool {
    holder.is_some() && expiry(now, holder).utc() - expires_at.utc() >= RENEWED_EVERY
}

#[cfg(test)]
mod tests {
    use domain::UserId;

    use super::*;
    use crate::accounts::CredentialsVersion;

    fn at(days: i64) -> Timestamp {
        let first: Timestamp = "2026-11-23T12:00:00Z".parse().unwrap();
        (first.utc() + TimeDelta::days(days)).into()
    }

    fn holder() -> Holder {
        let user = UserId("01939c2e-7b5a-7000-8000-000000000001".parse().unwrap());
        Holder { user, credentials: CredentialsVersion::FIRST, logged_in_at: at(0) }
    }

    #[test]
    fn a_used_session_ends_14_days_later_and_90_days_after_the_log_in_at_the_latest() {
        for (day, ends) in [(0, 14), (10, 24), (76, 90), (80, 90), (89, 90)] {
            assert_eq!(expiry(at(day), Some(&holder())), at(ends), "day {day}");
        }
        assert_eq!(expiry(at(0), None).to_string(), "2026-11-23T12:30:00.000Z");
    }

    #[test]
    fn a_session_is_renewed_once_a_day_and_never_past_its_end() {
        for (day, expires, due) in
            [(0, 14, false), (1, 14, true), (5, 14, true), (76, 90, false), (89, 90, false)]
        {
            assert_eq!(is_due(at(day), at(expires), Some(&holder())), due, "day {day}");
        }
        assert!(!is_due(at(1), at(1), None));
    }
}
