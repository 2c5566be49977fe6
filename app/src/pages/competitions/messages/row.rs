//! A message without its text.

use domain::{OrganizerMessageId, OrganizerMessageStatus};
use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use crate::Moment;

/// A message, without its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageRow {
    /// Which one.
    pub id: OrganizerMessageId,
    /// One line.
    pub subject: String,
    /// How far it has come.
    pub status: OrganizerMessageStatus,
    /// When it was written.
    pub created_at: Moment,
    /// When it is sent; `None` for a draft.
    pub send_at: Option<Moment>,
    /// When the last recipient had it, or when it was stopped.
    pub ended_at: Option<Moment>,
    /// How many recipients it had when its sending began.
    pub recipients: Option<u64>,
    /// How many recipients have it.
    pub sent: u64,
}

#[cfg(feature = "ssr")]
impl MessageRow {
    /// With times in the zone of the competition.
    pub(super) fn of(
        message: &domain::OrganizerMessage,
        clock: &crate::ssr::clock::ViewerClock,
        zone: &str,
    ) -> Self {
        let moment = |at| clock.in_event_zone(at, zone);
        Self {
            id: message.id,
            subject: message.subject.clone(),
            status: message.status,
            created_at: moment(message.created_at),
            send_at: message.send_at.map(moment),
            ended_at: message.ended_at.map(moment),
            recipients: message.recipients,
            sent: message.sent,
        }
    }
}

/// The status in a word.
#[component]
pub(super) fn MessageBadge(
    /// The status.
    status: OrganizerMessageStatus,
) -> impl IntoView {
    let class = match status {
        OrganizerMessageStatus::Draft => "badge-neutral",
        OrganizerMessageStatus::Scheduled | OrganizerMessageStatus::Sending => "badge-info",
        OrganizerMessageStatus::Sent => "badge-success",
        OrganizerMessageStatus::Stopped => "badge-warning",
    };
    view! { <span class=format!("badge {class}")>{status.label()}</span> }
}
