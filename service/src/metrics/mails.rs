//! Metrics of mail.

use std::{sync::LazyLock, time::Duration};

use metrics::Histogram;

use super::{by_label::ByLabel, described_histogram, record};
use crate::Undelivered;

/// The metrics of mail.
pub(crate) static MAILS: LazyLock<Mails> = LazyLock::new(Mails::new);

/// The metrics of mail.
pub(crate) struct Mails {
    /// By outcome.
    outcomes: ByLabel,
    duration: Histogram,
}

impl Mails {
    fn new() -> Self {
        Self {
            outcomes: ByLabel::new(
                "mini_compete_mails_total",
                "Attempts to send a mail by SMTP, by outcome.",
                "outcome",
                [
                    "sent",
                    "refused",
                    "deferred",
                    "unreachable",
                    "over_limit",
                    "unsubscribed",
                    "unverified",
                ],
            ),
            duration: described_histogram(
                "mini_compete_mail_send_duration_seconds",
                "Duration of sending a mail by SMTP.",
            ),
        }
    }

    /// An attempt has ended.
    pub(crate) fn attempted(&self, result: &Result<(), Undelivered>, duration: Duration) {
        self.outcomes.increment(match result {
            Ok(()) => "sent",
            Err(failure) if failure.is_final() => "refused",
            Err(failure) if failure.is_unreachable() => "unreachable",
            Err(_) => "deferred",
        });
        record(&self.duration, duration);
    }

    /// A message stays in its mailbox because its recipient has chosen that.
    pub(crate) fn unsubscribed(&self) {
        self.outcomes.increment("unsubscribed");
    }

    /// A message stays in its mailbox because its recipient has not verified their address.
    pub(crate) fn unverified(&self) {
        self.outcomes.increment("unverified");
    }

    /// A message stays in its mailbox because of the hourly limit.
    pub(crate) fn over_limit(&self) {
        self.outcomes.increment("over_limit");
    }
}
