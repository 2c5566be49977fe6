//! Whether a webhook works.

use domain::DisabledReason;
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{Moment, components::ViewerTime};

/// Whether a webhook works.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum WebhookState {
    /// Events are sent.
    Enabled,
    /// Events are sent, and all have failed since then.
    Failing(Moment),
    /// Nothing is sent.
    Disabled(DisabledReason),
}

#[cfg(feature = "ssr")]
impl WebhookState {
    pub(super) fn of(webhook: &domain::Webhook, clock: &crate::ssr::clock::ViewerClock) -> Self {
        match (webhook.disabled_reason, webhook.failing_since) {
            _ if !webhook.enabled => {
                Self::Disabled(webhook.disabled_reason.unwrap_or(DisabledReason::Organizer))
            }
            (_, Some(since)) => Self::Failing(clock.in_viewer_zone(since)),
            _ => Self::Enabled,
        }
    }
}

/// The state in a word.
#[component]
pub(super) fn StateBadge(
    /// The state.
    state: WebhookState,
) -> impl IntoView {
    let (class, word) = match state {
        WebhookState::Enabled => ("badge badge-success", "Enabled"),
        WebhookState::Failing(_) => ("badge badge-warning", "Failing"),
        WebhookState::Disabled(_) => ("badge badge-neutral", "Disabled"),
    };
    view! { <span class=class>{word}</span> }
}

/// What the state means. Nothing for a webhook that works.
#[component]
pub(super) fn StateReason(
    /// The state.
    state: WebhookState,
) -> impl IntoView {
    match state {
        WebhookState::Enabled => ().into_any(),
        WebhookState::Failing(since) => {
            view! { <p>"Every delivery has failed since " <ViewerTime at=since /> "."</p> }
                .into_any()
        }
        WebhookState::Disabled(reason) => {
            view! { <p>{reason_words(reason)} " To send events again, edit it."</p> }.into_any()
        }
    }
}

fn reason_words(reason: DisabledReason) -> &'static str {
    match reason {
        DisabledReason::Organizer => "You have disabled it.",
        DisabledReason::Gone => "Disabled, because the receiver answered 410 Gone.",
        DisabledReason::Failing => "Disabled, because every delivery of five days failed.",
        DisabledReason::Backlog => {
            "Disabled, because more than 10,000 deliveries were waiting for it."
        }
    }
}
