//! The lifetime of sessions.

use chrono::TimeDelta;
use domain::Timestamp;

use super::Holder;

/// The lifetime of a visitor's session: enough to correct a form, or to set a password.
const VISITOR: TimeDelta = TimeDelta::minutes(30);
/// How long a user's session may be unused.
pub const MAX_UNUSED: TimeDelta = TimeDelta::days(14);
/// The longest lifetime of a session, however often it is used, so that a copied cookie expires.
pub const MAX_TOTAL: TimeDelta = TimeDelta::days(90);
/// How often a used session is renewed; each renewal is a write. The list of sessions says when
/// each was last used, give or take this time.
const RENEW_EVERY: TimeDelta = TimeDelta::hours(1);

/// When a session expires that is used at `now`.
pub(super) fn expiry(now: Timestamp, holder: Option<&Holder>) -> Timestamp {
    match holder {
        None => (now.utc() + VISITOR).into(),
        Some(holder) => {
            let unused = now.utc() + MAX_UNUSED;
            unused.min(holder.logged_in_at.utc() + MAX_TOTAL).into()
        }
    }
}

/// Whether a user's session that was last written at `last_used_at` is to be renewed at `now`.
pub(super) fn is_due(
    now: Timestamp,
    last_used_at: Option<Timestamp>,
    holder: Option<&Holder>,
) -> bool {
    let is_old = |at: Timestamp| now.utc() - at.utc() >= RENEW_EVERY;
    holder.is_some() && last_used_at.is_none_or(is_old)
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
        let credentials = CredentialsVersion::FIRST;
        Holder { user, credentials, logged_in_at: at(0), time_zone: None }
    }

    #[test]
    fn a_session_expires_14_days_after_its_use_and_90_days_after_the_login() {
        for (day, ends) in [(0, 14), (10, 24), (76, 90), (80, 90), (89, 90)] {
            assert_eq!(expiry(at(day), Some(&holder())), at(ends), "day {day}");
        }
        assert_eq!(expiry(at(0), None).to_string(), "2026-11-23T12:30:00.000Z");
    }

    #[test]
    fn a_session_of_a_user_is_renewed_an_hour_after_its_last_use() {
        let after = |minutes: i64| (at(89).utc() + TimeDelta::minutes(minutes)).into();
        for (minutes, due) in [(0, false), (59, false), (60, true), (600, true)] {
            assert_eq!(is_due(after(minutes), Some(at(89)), Some(&holder())), due, "{minutes} min");
        }
        assert!(is_due(at(1), None, Some(&holder())), "a session of an earlier release");
        assert!(!is_due(at(1), None, None));
    }
}
