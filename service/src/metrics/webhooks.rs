//! Metrics of webhooks.

use std::{sync::LazyLock, time::Duration};

use domain::{DeliveryStatus, DisabledReason};
use metrics::Histogram;

use super::{by_label::ByLabel, described_histogram, record};

/// The metrics of webhooks.
pub(crate) static WEBHOOKS: LazyLock<Webhooks> = LazyLock::new(Webhooks::new);

/// The metrics of webhooks.
pub(crate) struct Webhooks {
    /// By outcome.
    requests: ByLabel,
    duration: Histogram,
    /// By outcome.
    deliveries: ByLabel,
    /// By reason.
    disabled: ByLabel,
}

impl Webhooks {
    fn new() -> Self {
        Self {
            requests: ByLabel::new(
                "mini_compete_webhook_requests_total",
                "Requests to receivers of webhooks, by outcome.",
                "outcome",
                ["delivered", "refused", "unavailable", "unreachable", "gone"],
            ),
            duration: described_histogram(
                "mini_compete_webhook_request_duration_seconds",
                "Duration of a request to the receiver of a webhook.",
            ),
            deliveries: ByLabel::new(
                "mini_compete_webhook_deliveries_total",
                "Deliveries of events that have ended, by outcome.",
                "outcome",
                ["delivered", "failed"],
            ),
            disabled: ByLabel::new(
                "mini_compete_webhooks_disabled_total",
                "Webhooks that were disabled because of their receivers, by reason.",
                "reason",
                ["gone", "failing", "backlog"],
            ),
        }
    }

    /// A request has ended.
    pub(crate) fn requested(&self, outcome: &str, duration: Duration) {
        self.requests.increment(outcome);
        record(&self.duration, duration);
    }

    /// An attempt is recorded that leaves its delivery with this status.
    pub(crate) fn attempted(&self, status: DeliveryStatus) {
        match status {
            DeliveryStatus::Delivered => self.deliveries.increment("delivered"),
            DeliveryStatus::Failed => self.deliveries.increment("failed"),
            DeliveryStatus::Pending => {}
        }
    }

    /// A webhook is disabled, and not by its organizer.
    pub(crate) fn disabled(&self, reason: DisabledReason) {
        self.disabled.increment(match reason {
            DisabledReason::Gone => "gone",
            DisabledReason::Failing => "failing",
            DisabledReason::Backlog => "backlog",
            DisabledReason::Organizer => return,
        });
    }
}
