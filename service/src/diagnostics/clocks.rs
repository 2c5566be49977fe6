//! Clocks that differ.

use domain::Timestamp;

use super::Finding;
use crate::{Clock, SystemClock};

/// The program follows the clock of the database; a certificate or a token of another system is
/// judged by the machine's.
const WARNING_MS: i64 = 1_000;
const ERROR_MS: i64 = 60_000;

/// Compares the clock of this machine, between `before` and now, with a time that was read
/// meanwhile.
pub(super) fn compare(check: &'static str, before: Timestamp, read: Timestamp) -> Finding {
    finding(check, before, SystemClock.now(), read)
}

/// The time of this machine.
pub fn clock() -> Timestamp {
    SystemClock.now()
}

fn finding(check: &'static str, before: Timestamp, after: Timestamp, read: Timestamp) -> Finding {
    let (before, after, read) = (before.utc(), after.utc(), read.utc());
    let skew =
        if read < before { before - read } else { (read - after).max(chrono::TimeDelta::zero()) };
    let milliseconds = skew.num_milliseconds();
    let found = format!("it differs from this machine's by {milliseconds} ms");
    let advice = "Let all machines follow the same time servers (chrony or systemd-timesyncd).";
    match milliseconds {
        ..WARNING_MS => Finding::ok(check, found),
        WARNING_MS..ERROR_MS => Finding::warning(check, found, advice),
        _ => Finding::error(check, found, advice),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::Severity;

    #[test]
    fn a_clock_is_judged_by_its_distance_from_the_time_of_the_question() {
        let at = |time: &str| -> Timestamp { time.parse().unwrap() };
        let (before, after) = (at("2026-11-23T12:00:00Z"), at("2026-11-23T12:00:02Z"));
        for (read, expected) in [
            ("2026-11-23T12:00:01Z", Severity::Ok),
            ("2026-11-23T12:00:02.9Z", Severity::Ok),
            ("2026-11-23T12:00:03.1Z", Severity::Warning),
            ("2026-11-23T11:59:58Z", Severity::Warning),
            ("2026-11-23T12:01:03Z", Severity::Error),
            ("2026-11-23T11:00:00Z", Severity::Error),
        ] {
            assert_eq!(finding("clock", before, after, at(read)).severity, expected, "{read}");
        }
    }
}
